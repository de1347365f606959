package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.script.LuaScript;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets as the generic cell rate algorithm sees them: a bucket is the time at
 * which it will be full, its debt the time until then. A cost of c takes c · period /
 * limit of time, a full bucket is capacity · period / limit. Times are whole microseconds
 * and a rest in units of 1/limit of one.
 */
final class TokenBucket implements Ledger {

	private static final LuaScript SCRIPT = LuaScript.load(TokenBucket.class, "token-bucket.lua");

	private final List<Bucket> buckets;

	private final byte[] patience;

	private final byte[][] take;

	private final byte[][] one;

	TokenBucket(RateLimitPolicy policy) {
		this.buckets = policy.limits().stream().map(Bucket::of).toList();
		this.patience = Ledger.ascii(RateLimitPolicy.micros(policy.maxWait()));
		this.take = encoded(TAKE);
		this.one = encoded(1);
	}

	@Override
	public LuaScript script() {
		return SCRIPT;
	}

	@Override
	public byte[][] limits(byte[] what) {
		return (what == TAKE) ? this.take : encoded(what);
	}

	private byte[][] encoded(byte[] what) {
		List<byte[]> arguments = new ArrayList<>(3 + 4 * this.buckets.size());
		arguments.add(what);
		arguments.add(this.patience);
		arguments.add(Ledger.ascii(this.buckets.size()));
		for (Bucket bucket : this.buckets) {
			arguments.add(Ledger.ascii(bucket.period()));
			arguments.add(Ledger.ascii(bucket.limit().limit()));
			arguments.add(Ledger.ascii(bucket.full().quotient()));
			arguments.add(Ledger.ascii(bucket.full().remainder()));
		}
		return arguments.toArray(byte[][]::new);
	}

	@Override
	public byte[][] call(long cost, String permit) {
		return (cost == 1) ? this.one : encoded(cost);
	}

	private byte[][] encoded(long cost) {
		byte[][] arguments = new byte[2 * this.buckets.size()][];
		for (int i = 0; i < this.buckets.size(); i++) {
			Exact price = this.buckets.get(i).time(cost);
			arguments[2 * i] = Ledger.ascii(price.quotient());
			arguments[2 * i + 1] = Ledger.ascii(price.remainder());
		}
		return arguments;
	}

	@Override
	public byte[][] refund(long cost, String permit, List<Long> receipt) {
		return arguments(REFUND, cost, permit);
	}

	@Override
	public int width() {
		return 1 + 2 * this.buckets.size();
	}

	@Override
	public Tally read(List<@Nullable Object> reply, int from, long cost) {
		boolean taken = Tally.number(reply, from) == 1;
		List<RateLimitStatus> limits = new ArrayList<>(this.buckets.size());
		Duration delay = Duration.ZERO;
		for (int i = 0; i < this.buckets.size(); i++) {
			Bucket bucket = this.buckets.get(i);
			Exact debt = new Exact(Tally.number(reply, from + 1 + 2 * i), Tally.number(reply, from + 2 + 2 * i));
			limits.add(bucket.status(debt, taken ? 0 : cost));
			if (taken && debt.quotient() >= bucket.full().quotient()) {
				Duration longer = bucket.delay(debt, 0);
				delay = (longer.compareTo(delay) > 0) ? longer : delay;
			}
		}
		return new Tally(taken, limits, delay, List.of());
	}

	/**
	 * One limit.
	 *
	 * @param limit the limit
	 * @param period its period in microseconds
	 * @param full the time that is worth a full bucket
	 */
	private record Bucket(Limit limit, long period, Exact full) {

		static Bucket of(Limit limit) {
			long period = RateLimitPolicy.micros(limit.period());
			return new Bucket(limit, period, Exact.divide(limit.capacity(), period, 0, limit.limit()));
		}

		/** The time that is worth a cost. */
		Exact time(long cost) {
			return Exact.divide(cost, this.period, 0, this.limit.limit());
		}

		RateLimitStatus status(Exact debt, long cost) {
			long micros = this.full.quotient() - debt.quotient();
			long rest = this.full.remainder() - debt.remainder();
			if (rest < 0) {
				micros--;
				rest += this.limit.limit();
			}
			long remaining = (micros < 0) ? 0 : Exact.divide(micros, this.limit.limit(), rest, this.period).quotient();
			return new RateLimitStatus(this.limit.limit(), this.limit.period(), remaining,
					(cost > 0) ? delay(debt, cost) : Duration.ZERO, Tally.micros(roundedUp(debt)));
		}

		/** Until the debt and a cost fit into the bucket. */
		Duration delay(Exact debt, long cost) {
			Exact price = time(cost);
			long micros = debt.quotient() + price.quotient() - this.full.quotient();
			long rest = debt.remainder() + price.remainder() - this.full.remainder();
			// the rest is within one limit below nothing and two above
			micros += Math.floorDiv(rest, this.limit.limit());
			return Tally.micros(roundedUp(new Exact(micros, Math.floorMod(rest, this.limit.limit()))));
		}

		private static long roundedUp(Exact time) {
			return (time.remainder() > 0) ? time.quotient() + 1 : time.quotient();
		}

	}

}
