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

	/** Of nothing. */
	private static final List<Long> RECEIPT = List.of(0L, 0L);

	private final RateLimitPolicy policy;

	private final byte[][] take;

	SlidingLog(RateLimitPolicy policy) {
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
		return 3 + 3 * this.policy.limits().size();
	}

	@Override
	public Tally read(List<@Nullable Object> reply, int from, long cost) {
		List<RateLimitStatus> limits = new ArrayList<>();
		for (int i = 0; i < this.policy.limits().size(); i++) {
			Limit limit = this.policy.limits().get(i);
			limits.add(new RateLimitStatus(limit.limit(), limit.period(),
					Math.max(0, limit.limit() - Tally.number(reply, from + 3 + 3 * i)),
					Tally.micros(Tally.number(reply, from + 4 + 3 * i)),
					Tally.micros(Tally.number(reply, from + 5 + 3 * i))));
		}
		return new Tally(Tally.number(reply, from) == 1, limits, Duration.ZERO,
				List.of(Tally.number(reply, from + 1), Tally.number(reply, from + 2)));
	}

}
