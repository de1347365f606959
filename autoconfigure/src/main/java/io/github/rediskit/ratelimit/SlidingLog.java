package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.script.LuaScript;
import org.jspecify.annotations.Nullable;

/**
 * One log of what was admitted, for all limits of a policy.
 */
final class SlidingLog implements Ledger {

	private static final LuaScript SCRIPT = LuaScript.load(SlidingLog.class, "sliding-log.lua");

	private final RateLimitPolicy policy;

	SlidingLog(RateLimitPolicy policy) {
		this.policy = policy;
	}

	@Override
	public LuaScript script() {
		return SCRIPT;
	}

	@Override
	public byte[][] arguments(byte[] what, long cost, String permit) {
		return encoded(what, cost, List.of(0L, 0L));
	}

	@Override
	public byte[][] refund(long cost, String permit, List<Long> receipt) {
		return encoded(REFUND, cost, receipt);
	}

	private byte[][] encoded(byte[] what, long cost, List<Long> receipt) {
		List<byte[]> arguments = new ArrayList<>(4 + 2 * this.policy.limits().size());
		arguments.add(what);
		arguments.add(Ledger.ascii(cost));
		receipt.forEach((number) -> arguments.add(Ledger.ascii(number)));
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
		List<RateLimitStatus> limits = new ArrayList<>();
		for (int i = 0; i < this.policy.limits().size(); i++) {
			Limit limit = this.policy.limits().get(i);
			limits.add(new RateLimitStatus(limit.limit(), limit.period(),
					Math.max(0, limit.limit() - Tally.number(reply, 3 + 3 * i)),
					Tally.micros(Tally.number(reply, 4 + 3 * i)), Tally.micros(Tally.number(reply, 5 + 3 * i))));
		}
		return new Tally(Tally.number(reply, 0) == 1, limits, Duration.ZERO,
				List.of(Tally.number(reply, 1), Tally.number(reply, 2)));
	}

}
