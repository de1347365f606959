package io.github.rediskit.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;

/**
 * One attempt to pass several limits, which are asked one after the other. What was
 * charged is given back unless all of them allow it; permits are held until it ends.
 */
public final class RateLimitAttempt {

	private final List<Question> questions;

	private final AsyncRateLimiter limiter;

	private final CompletableFuture<Outcome> decided = new CompletableFuture<>();

	private final List<Answered> answers = new ArrayList<>();

	private List<RateLimitPermit> held = new ArrayList<>();

	private @Nullable CompletableFuture<RateLimitPermit> asking;

	private int asked;

	private boolean begun;

	private boolean over;

	private RateLimitAttempt(List<Question> questions, AsyncRateLimiter limiter) {
		this.questions = questions;
		this.limiter = limiter;
	}

	/**
	 * Asks, without waiting for an answer.
	 * @param questions the limits, in the order in which they are asked
	 * @param limiter what decides
	 * @return the attempt, to be {@linkplain #leave() left} in any case
	 */
	public static RateLimitAttempt of(List<Question> questions, AsyncRateLimiter limiter) {
		RateLimitAttempt attempt = new RateLimitAttempt(questions, limiter);
		attempt.ask();
		return attempt;
	}

	/** What is refused without asking must not cost a charge of the limits before it. */
	private void ask() {
		for (int i = 1; i < this.questions.size(); i++) {
			Question question = this.questions.get(i);
			Optional<RateLimitPermit> refusal = this.limiter.refusal(question.policy(), question.key(),
					question.cost());
			if (refusal.isPresent()) {
				answered(i, refusal.get());
				return;
			}
		}
		ask(0);
	}

	private void ask(int index) {
		if (index == this.questions.size()) {
			end(null);
			return;
		}
		CompletableFuture<RateLimitPermit> asking;
		try {
			Question question = this.questions.get(index);
			asking = this.limiter.acquire(question.policy(), question.key(), question.cost()).toCompletableFuture();
		}
		catch (RuntimeException ex) {
			end(ex);
			return;
		}
		boolean late;
		synchronized (this) {
			this.asked = index;
			this.asking = asking;
			late = this.over;
		}
		if (late) {
			asking.cancel(false);
		}
		asking.<@Nullable Void>handle((permit, failure) -> {
			if (failure != null) {
				end(failure);
			}
			else {
				answered(index, permit);
			}
			return null;
		}).exceptionally((failure) -> { // or nobody would ever hear of it
			end(failure);
			return null;
		});
	}

	private void answered(int index, RateLimitPermit permit) {
		boolean allowed = permit.decision().allowed();
		boolean wanted;
		synchronized (this) {
			wanted = !this.over;
			this.asked = index;
			this.answers.add(new Answered(index, permit));
			if (allowed) {
				this.held.add(permit);
			}
		}
		if (wanted && allowed) {
			ask(index + 1);
		}
		else {
			end(null);
		}
	}

	private void end(@Nullable Throwable failure) {
		Outcome outcome;
		boolean left;
		synchronized (this) {
			outcome = new Outcome(List.copyOf(this.answers), unwrapped(failure));
			left = this.over;
		}
		if (left || !outcome.isAllowed()) {
			taken().forEach(RateLimitPermit::refund);
		}
		if (!left) {
			this.decided.complete(outcome);
		}
	}

	private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	private synchronized List<RateLimitPermit> taken() {
		List<RateLimitPermit> taken = this.held;
		this.held = new ArrayList<>();
		return taken;
	}

	/**
	 * What is decided.
	 * @return completed, never with a failure, when all limits have allowed the attempt
	 * or one has not; never if it was left before
	 */
	public CompletableFuture<Outcome> decided() {
		return this.decided;
	}

	/**
	 * What the attempt asks, or has asked last.
	 * @return the question
	 */
	public synchronized Question asked() {
		return this.questions.get(this.asked);
	}

	/**
	 * What was asked for begins. From now on what was charged stays so.
	 * @return whether it may begin; if not, the attempt was left
	 */
	public synchronized boolean begin() {
		this.begun = !this.over;
		return this.begun;
	}

	/**
	 * Says that what was asked for has ended, or that nobody waits for it any more. It
	 * can be said at any time, by any thread; only the first time counts.
	 */
	public void leave() {
		List<RateLimitPermit> taken;
		CompletableFuture<RateLimitPermit> asking;
		boolean begun;
		synchronized (this) {
			if (this.over) {
				return;
			}
			this.over = true;
			taken = taken();
			asking = this.asking;
			begun = this.begun;
		}
		if (asking != null) {
			asking.cancel(false);
		}
		taken.forEach(begun ? RateLimitPermit::release : RateLimitPermit::refund);
	}

	/**
	 * One limit.
	 *
	 * @param policy the policy
	 * @param key who or what is limited
	 * @param cost what is asked for
	 */
	public record Question(RateLimitPolicy policy, Object key, long cost) {
	}

	/**
	 * The answer to one question.
	 *
	 * @param index which of the questions, from 0
	 * @param permit the answer, which belongs to the attempt
	 */
	public record Answered(int index, RateLimitPermit permit) {
	}

	/**
	 * What was decided.
	 *
	 * @param answers those to the questions, in their order, as far as they were asked;
	 * if one is refused without asking, that alone
	 * @param failure why one has no answer, or {@code null}
	 */
	public record Outcome(List<Answered> answers, @Nullable Throwable failure) {

		/**
		 * Whether all limits allow it.
		 * @return whether they do
		 */
		public boolean isAllowed() {
			return this.failure == null && refusal() == null;
		}

		/**
		 * What the limit said that does not allow it.
		 * @return its decision, or {@code null} if there is none
		 */
		public @Nullable RateLimitDecision refusal() {
			RateLimitDecision last = this.answers.isEmpty() ? null
					: this.answers.get(this.answers.size() - 1).permit().decision();
			return (last != null && !last.allowed()) ? last : null;
		}

	}

}
