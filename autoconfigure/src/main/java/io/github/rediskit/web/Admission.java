package io.github.rediskit.web;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitPermit;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.web.HttpRule.Question;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the limits that its rules name, one after the other.
 * What was charged is given back unless all of them let it in; permits are held until it
 * leaves.
 */
final class Admission {

	private final List<Question> questions;

	private final AsyncRateLimiter limiter;

	private final CompletableFuture<Outcome> decided = new CompletableFuture<>();

	private final List<RateLimitPermit> permits = new ArrayList<>();

	private final List<Standing> standings = new ArrayList<>();

	private @Nullable CompletableFuture<RateLimitPermit> asking;

	private int asked;

	private boolean begun;

	private boolean over;

	private Admission(List<Question> questions, AsyncRateLimiter limiter) {
		this.questions = questions;
		this.limiter = limiter;
	}

	static Admission ask(List<Question> questions, AsyncRateLimiter limiter) {
		Admission admission = new Admission(questions, limiter);
		admission.ask(0);
		return admission;
	}

	private void ask(int index) {
		if (index == this.questions.size()) {
			this.decided.complete(new Outcome(standings(), null, null));
			return;
		}
		Question question = this.questions.get(index);
		CompletableFuture<RateLimitPermit> asking;
		try {
			asking = this.limiter.acquire(question.policy(), question.key(), question.cost()).toCompletableFuture();
		}
		catch (RuntimeException ex) {
			answered(index, null, ex);
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
		asking.whenComplete((permit, failure) -> answered(index, permit, failure)).exceptionally((failure) -> {
			this.decided.complete(new Outcome(standings(), null, unwrapped(failure)));
			return null;
		});
	}

	private void answered(int index, @Nullable RateLimitPermit permit, @Nullable Throwable failure) {
		boolean allowed = permit != null && permit.decision().allowed();
		Standing standing = (permit != null) ? standing(this.questions.get(index), permit) : null;
		boolean wanted;
		List<RateLimitPermit> charged = List.of();
		synchronized (this) {
			wanted = !this.over;
			if (permit != null) {
				this.permits.add(permit);
			}
			if (standing != null) {
				this.standings.add(standing);
			}
			if (!allowed || !wanted) {
				charged = taken();
			}
		}
		charged.forEach(RateLimitPermit::refund);
		if (wanted && allowed) {
			ask(index + 1);
		}
		else if (wanted) {
			this.decided.complete(new Outcome(standings(), (failure == null) ? standing : null, unwrapped(failure)));
		}
	}

	private Standing standing(Question question, RateLimitPermit permit) {
		return Standing.of(policy(question), permit, question.cost());
	}

	private RateLimitPolicy policy(Question question) {
		return this.limiter.policy(question.policy());
	}

	private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	private synchronized List<Standing> standings() {
		return List.copyOf(this.standings);
	}

	private List<RateLimitPermit> taken() {
		List<RateLimitPermit> taken = List.copyOf(this.permits);
		this.permits.clear();
		return taken;
	}

	/** Completed, never with a failure, when it is known what becomes of the request. */
	CompletableFuture<Outcome> decided() {
		return this.decided;
	}

	/** Whether it is a limit that is waited for, rather than Redis. */
	boolean isWaiting() {
		Question question;
		synchronized (this) {
			question = this.questions.get(this.asked);
		}
		return !policy(question).maxWait().isZero();
	}

	/** From now on what was charged stays so. */
	synchronized void begin() {
		this.begun = true;
	}

	/**
	 * Says that the request has ended, or that nobody waits for it any more. It can be
	 * said at any time, by any thread; only the first time counts.
	 */
	void leave() {
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
	 * What becomes of a request.
	 *
	 * @param standings how the limits that were asked stand
	 * @param refusal the one that refuses, or {@code null}
	 * @param failure why one could not be decided, or {@code null}
	 */
	record Outcome(List<Standing> standings, @Nullable Standing refusal, @Nullable Throwable failure) {

		boolean isAllowed() {
			return this.refusal == null && this.failure == null;
		}

	}

}
