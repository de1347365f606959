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

	/** Of nothing. */
	private static final List<Long> RECEIPT = List.of(0L);

	private final RateLimitPolicy policy;

	private final byte[][] take;

	SlidingWindow(RateLimitPolicy policy) {
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
			arguments.add(Ledger.ascii(limit.period().toMillis()));
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
		boolean taken = Tally.number(reply, from) == 1;
		long now = Tally.number(reply, from + 1);
		long beyond = Tally.number(reply, from + 2);
		List<RateLimitStatus> limits = new ArrayList<>();
		boolean back = false;
		for (int i = 0; i < this.policy.limits().size(); i++) {
			Limit limit = this.policy.limits().get(i);
			Counts counts = new Counts(limit.limit(), limit.period().toMillis(), Tally.number(reply, from + 3 + 3 * i),
					Tally.number(reply, from + 4 + 3 * i), Tally.number(reply, from + 5 + 3 * i));
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
