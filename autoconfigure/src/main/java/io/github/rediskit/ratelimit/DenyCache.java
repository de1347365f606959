package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.ratelimit.Answer.Charge;
import io.github.rediskit.ratelimit.Answer.Source;
import org.jspecify.annotations.Nullable;

/**
 * Refuses without asking what Redis would refuse. Where a cost of c was refused with a
 * wait of w, every cost of at least c is refused until w is over, since only time and
 * what is given back make room, and other callers make it later. It counts from before
 * the question was sent, and asks a thousandth earlier, for clocks that do not run alike.
 * <p>
 * A refusal is remembered for a second at most, though the wait be longer. So after a
 * reset, a refund or a new limit elsewhere, which this instance does not hear of, nobody
 * is refused wrongly for longer. What happens here is known at once.
 */
final class DenyCache extends WrappedLimits {

	static final int MOST_DENIALS = 10_000;

	private static final int EPOCHS = 1024;

	private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Map<Subject, Denial> denials = new ConcurrentHashMap<>();

	/**
	 * Raised by whatever makes room here: refusals from before are not remembered. Some
	 * subjects share one, but not all: others may make room all the time.
	 */
	private final AtomicLongArray epochs = new AtomicLongArray(EPOCHS);

	private final AtomicLong swept;

	private final LongSupplier nanoTime;

	DenyCache(Limits limits, LongSupplier nanoTime) {
		super(limits);
		this.nanoTime = nanoTime;
		this.swept = new AtomicLong(nanoTime.getAsLong());
	}

	@Override
	public void take(RateLimitRequest request, Told told) {
		Answer known = refusal(request);
		if (known != null) {
			told.answered(known);
			return;
		}
		if (request.policy().algorithm() == RateLimitAlgorithm.CONCURRENCY) {
			super.take(request, told);
			return;
		}
		Subject subject = new Subject(request.policy().name(), request.id());
		long now = this.nanoTime.getAsLong();
		long asked = this.epochs.get(subject.epoch());
		super.take(request, new Told() {

			@Override
			public void answered(Answer answer) {
				if (!answer.admitted() && answer.source() == Source.REDIS) {
					remember(subject, request, answer, now, asked);
				}
				told.answered(answer);
			}

			@Override
			public void failed(Throwable failure) {
				told.failed(failure);
			}

		});
	}

	/** The refusal that is known without asking, if there is one. */
	@Nullable Answer refusal(RateLimitRequest request) {
		RateLimitPolicy policy = request.policy();
		if (request.cost() > policy.largestCost()) {
			return Answer.never(policy);
		}
		if (policy.algorithm() == RateLimitAlgorithm.CONCURRENCY) {
			return null;
		}
		Subject subject = new Subject(policy.name(), request.id());
		Denial denial = this.denials.get(subject);
		if (denial == null) {
			return null;
		}
		long now = this.nanoTime.getAsLong();
		if (denial.isOver(now)) {
			this.denials.remove(subject, denial);
			return null;
		}
		return denial.covers(request, now) ? denial.answer(now) : null;
	}

	private void remember(Subject subject, RateLimitRequest request, Answer answer, long sent, long asked) {
		long wait = nanos(answer.decision().retryAfter());
		long patience = request.policy().maxWait().toNanos();
		long until = sent + Math.min(LONGEST_NANOS, wait - patience - wait / 1000);
		if (until - this.nanoTime.getAsLong() > 0 && hasRoom() && asked == this.epochs.get(subject.epoch())) {
			this.denials.put(subject, new Denial(request.policy(), request.cost(), until, sent, answer));
			if (asked != this.epochs.get(subject.epoch())) {
				this.denials.remove(subject);
			}
		}
	}

	/** None lives longer than a second, so a full cache is soon empty. */
	private boolean hasRoom() {
		if (this.denials.size() < MOST_DENIALS) {
			return true;
		}
		long now = this.nanoTime.getAsLong();
		long last = this.swept.get();
		if (now - last > LONGEST_NANOS / 10 && this.swept.compareAndSet(last, now)) {
			this.denials.values().removeIf((denial) -> denial.isOver(now));
		}
		return this.denials.size() < MOST_DENIALS;
	}

	int size() {
		return this.denials.size();
	}

	@Override
	public CompletionStage<Boolean> reset(RateLimitRequest subject) {
		return super.reset(subject).whenComplete((done, failure) -> freed(subject));
	}

	@Override
	public CompletionStage<Boolean> block(RateLimitRequest subject, Duration duration) {
		return super.block(subject, duration).whenComplete((done, failure) -> freed(subject));
	}

	@Override
	public void freed(RateLimitRequest subject) {
		Subject freed = new Subject(subject.policy().name(), subject.id());
		this.epochs.incrementAndGet(freed.epoch());
		this.denials.remove(freed);
		super.freed(subject);
	}

	private static long nanos(Duration duration) {
		return (duration.toSeconds() > TimeUnit.DAYS.toSeconds(36_500)) ? TimeUnit.DAYS.toNanos(36_500)
				: duration.toNanos();
	}

	private record Subject(String policy, KeyId id) {

		int epoch() {
			int hash = hashCode();
			return (hash ^ (hash >>> 16)) & (EPOCHS - 1);
		}

	}

	/**
	 * A refusal.
	 *
	 * @param policy the policy by which it was made
	 * @param cost what was refused
	 * @param until until when it is known to stand
	 * @param since when the question was sent
	 * @param answer the refusal as Redis gave it
	 */
	private record Denial(RateLimitPolicy policy, long cost, long until, long since, Answer answer) {

		boolean covers(RateLimitRequest request, long now) {
			return request.cost() >= this.cost && !isOver(now) && request.policy().equals(this.policy);
		}

		boolean isOver(long now) {
			return now - this.until >= 0;
		}

		Answer answer(long now) {
			RateLimitDecision decision = this.answer.decision();
			List<RateLimitStatus> limits = this.answer.limits();
			return new Answer(Source.MEMORY, false,
					new RateLimitDecision(decision.policy(), false, decision.limit(), decision.remaining(),
							later(decision.retryAfter(), now), later(decision.resetAfter(), now)),
					limits, Duration.ZERO, Charge.NONE);
		}

		private Duration later(Duration duration, long now) {
			Duration left = duration.minusNanos(now - this.since);
			return left.isNegative() ? Duration.ZERO : left;
		}

	}

}
