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

	/** Of nothing. */
	private static final List<Long> RECEIPT = List.of(0L);

	private final RateLimitPolicy policy;

	private final byte[][] take;

	FixedWindow(RateLimitPolicy policy) {
		this.policy = policy;
		this.take = encoded(TAKE, RECEIPT);
	}

	@Override
	public LuaScript script() {
		return SCRIPT;
	}

	@Override
	public byte[][] limits(byte[] what) {
		return (what == TAKE) ? this.take : encoded(what, RECEIPT);
	}

	private byte[][] encoded(byte[] what, List<Long> receipt) {
		List<byte[]> arguments = new ArrayList<>(4 + 2 * this.policy.limits().size());
		arguments.add(what);
		receipt.forEach((number) -> arguments.add(Ledger.ascii(number)));
		arguments.add(Ledger.ascii(this.policy.limits().size()));
		for (Limit limit : this.policy.limits()) {
			arguments.add(Ledger.ascii(RateLimitPolicy.micros(limit.period())));
			arguments.add(Ledger.ascii(limit.limit()));
		}
		return arguments.toArray(byte[][]::new);
	}

	@Override
	public byte[][] call(long cost, String permit) {
		return new byte[][] { Ledger.ascii(cost) };
	}

	@Override
	public byte[][] refund(long cost, String permit, List<Long> receipt) {
		return Ledger.joined(encoded(REFUND, receipt), call(cost, permit));
	}

	@Override
	public int width() {
		return 2 + 2 * this.policy.limits().size();
	}

	@Override
	public Tally read(List<@Nullable Object> reply, int from, long cost) {
		boolean taken = Tally.number(reply, from) == 1;
		List<RateLimitStatus> limits = new ArrayList<>();
		for (int i = 0; i < this.policy.limits().size(); i++) {
			Limit limit = this.policy.limits().get(i);
			Duration left = Tally.micros(Tally.number(reply, from + 2 + 2 * i));
			long count = Tally.number(reply, from + 3 + 2 * i);
			boolean fits = taken || count + cost <= limit.limit();
			limits.add(new RateLimitStatus(limit.limit(), limit.period(), Math.max(0, limit.limit() - count),
					fits ? Duration.ZERO : left, left));
		}
		return new Tally(taken, limits, Duration.ZERO, List.of(Tally.number(reply, from + 1)));
	}

}
