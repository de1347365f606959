package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.script.LuaScript;
import org.jspecify.annotations.Nullable;

/**
 * Windows that begin with the first call after the last one.
 */
final class FixedWindow implements Ledger {

	private static final LuaScript SCRIPT = LuaScript.load(FixedWindow.class, "fixed-window.lua");

	private final RateLimitPolicy policy;

	FixedWindow(RateLimitPolicy policy) {
		this.policy = policy;
	}

	@Override
	public LuaScript script() {
		return SCRIPT;
	}

	@Override
	public byte[][] arguments(byte[] what, long cost, String permit) {
		return encoded(what, cost, 0);
	}

	@Override
	public byte[][] refund(long cost, String permit, List<Long> receipt) {
		return encoded(REFUND, cost, receipt.get(0));
	}

	private byte[][] encoded(byte[] what, long cost, long taken) {
		List<byte[]> arguments = new ArrayList<>(3 + 2 * this.policy.limits().size());
		arguments.add(what);
		arguments.add(Ledger.ascii(cost));
		arguments.add(Ledger.ascii(taken));
		for (Limit limit : this.policy.limits()) {
			arguments.add(Ledger.ascii(RateLimitPolicy.micros(limit.period())));
			arguments.add(Ledger.ascii(limit.limit()));
		}
		return arguments.toArray(byte[][]::new);
	}

	@Override
	public Tally read(List<@Nullable Object> reply, long cost) {
		Tally blocked = Tally.blocked(reply, this.policy);
		if (blocked != null) {
			return blocked;
		}
		boolean taken = Tally.number(reply, 0) == 1;
		List<RateLimitStatus> limits = new ArrayList<>();
		for (int i = 0; i < this.policy.limits().size(); i++) {
			Limit limit = this.policy.limits().get(i);
			Duration left = Tally.micros(Tally.number(reply, 2 + 2 * i));
			long count = Tally.number(reply, 3 + 2 * i);
			boolean fits = taken || count + cost <= limit.limit();
			limits.add(new RateLimitStatus(limit.limit(), limit.period(), Math.max(0, limit.limit() - count),
					fits ? Duration.ZERO : left, left));
		}
		return new Tally(taken, limits, Duration.ZERO, List.of(Tally.number(reply, 1)));
	}

}
