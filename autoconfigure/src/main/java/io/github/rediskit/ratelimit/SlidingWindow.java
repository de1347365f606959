package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.script.LuaScript;
import org.jspecify.annotations.Nullable;

/**
 * Sliding windows of two counters: previous · (period − elapsed) + current · period may
 * be at most limit · period, in whole milliseconds.
 */
final class SlidingWindow implements Ledger {

	private static final LuaScript SCRIPT = LuaScript.load(SlidingWindow.class, "sliding-window.lua");

	private final RateLimitPolicy policy;

	SlidingWindow(RateLimitPolicy policy) {
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
			arguments.add(Ledger.ascii(limit.period().toMillis()));
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
		long now = Tally.number(reply, 1);
		long beyond = Tally.number(reply, 2);
		List<RateLimitStatus> limits = new ArrayList<>();
		boolean back = false;
		for (int i = 0; i < this.policy.limits().size(); i++) {
			Limit limit = this.policy.limits().get(i);
			Counts counts = new Counts(limit.limit(), limit.period().toMillis(), Tally.number(reply, 3 + 3 * i),
					Tally.number(reply, 4 + 3 * i), Tally.number(reply, 5 + 3 * i));
			back |= counts.elapsed() < 0;
			limits.add(new RateLimitStatus(limit.limit(), limit.period(), counts.remaining(),
					micros(taken ? 0 : counts.delay(cost), beyond), micros(counts.reset(), beyond)));
		}
		// what was counted while the clock was back has no place in time to be taken from
		return new Tally(taken, limits, Duration.ZERO, List.of(back ? 0L : now));
	}

	private static Duration micros(long millis, long beyond) {
		return Tally.micros(millis * 1000 - beyond);
	}

	/**
	 * What one limit has counted.
	 *
	 * @param limit the limit
	 * @param period its period in milliseconds
	 * @param elapsed how much of the window is over; negative if the clock went back
	 * @param current the window's count
	 * @param previous that of the window before
	 */
	private record Counts(long limit, long period, long elapsed, long current, long previous) {

		long remaining() {
			long inView = this.previous * (this.period - Math.max(0, this.elapsed));
			return Math.max(0, Math.floorDiv(this.limit * this.period - inView, this.period) - this.current);
		}

		long delay(long cost) {
			long inView = this.previous * (this.period - Math.max(0, this.elapsed));
			if (inView + (this.current + cost) * this.period <= this.limit * this.period) {
				return 0;
			}
			if (this.current + cost <= this.limit) {
				long share = (this.limit - this.current - cost) * this.period / this.previous;
				return this.period - share - this.elapsed;
			}
			long share = (this.limit - cost) * this.period / this.current;
			return this.period - this.elapsed + Math.max(0, this.period - share);
		}

		long reset() {
			return (this.current > 0) ? 2 * this.period - this.elapsed
					: (this.previous > 0) ? this.period - this.elapsed : 0;
		}

	}

}
