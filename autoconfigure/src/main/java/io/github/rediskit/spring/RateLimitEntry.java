package io.github.rediskit.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimitPermit;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.RateLimitUnavailableException;
import io.github.rediskit.spring.CachedCall.Proceeding;
import io.github.rediskit.spring.RateLimitRule.Question;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through the limits of its method, one after the other. What was
 * charged is given back unless all of them let it in.
 */
final class RateLimitEntry implements GuardedCall.Entry {

	private final List<Question> questions;

	private final AsyncRateLimiter limiter;

	private final RateLimitObserver.Decisions observer;

	private final Call call;

	private final Proceeding method;

	private final CompletableFuture<@Nullable Void> decided = new CompletableFuture<>();

	private final List<RateLimitPermit> permits = new ArrayList<>();

	/** Of the questions, in their order. */
	private final List<RateLimitPermit> answers = new ArrayList<>();

	private @Nullable CompletableFuture<RateLimitPermit> asking;

	private int asked;

	private @Nullable RateLimitDecision refusal;

	private @Nullable Throwable failure;

	private boolean begun;

	private boolean over;

	private RateLimitEntry(List<Question> questions, AsyncRateLimiter limiter, RateLimitObserver.Decisions observer,
			Call call, Proceeding method) {
		this.questions = questions;
		this.limiter = limiter;
		this.observer = observer;
		this.call = call;
		this.method = method;
	}

	static RateLimitEntry ask(List<Question> questions, AsyncRateLimiter limiter, RateLimitObserver.Decisions observer,
			Call call, Proceeding method) {
		RateLimitEntry entry = new RateLimitEntry(questions, limiter, observer, call, method);
		entry.ask(0);
		return entry;
	}

	private void ask(int index) {
		if (index == this.questions.size()) {
			this.decided.complete(null);
			return;
		}
		CompletableFuture<RateLimitPermit> asking;
		try {
			asking = this.questions.get(index).ask(this.limiter).toCompletableFuture();
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
		asking.whenComplete((permit, failure) -> answered(index, permit, failure));
	}

	private void answered(int index, @Nullable RateLimitPermit permit, @Nullable Throwable failure) {
		boolean wanted;
		boolean allowed = permit != null && permit.decision().allowed();
		List<RateLimitPermit> charged = List.of();
		synchronized (this) {
			wanted = !this.over;
			if (permit != null) {
				this.permits.add(permit);
				this.answers.add(permit);
				this.refusal = allowed ? null : permit.decision();
			}
			this.failure = failure;
			if (!allowed || !wanted) {
				charged = taken();
			}
		}
		charged.forEach(RateLimitPermit::refund);
		if (wanted && allowed) {
			ask(index + 1);
		}
		else if (wanted) {
			this.decided.complete(null);
		}
	}

	private List<RateLimitPermit> taken() {
		List<RateLimitPermit> taken = List.copyOf(this.permits);
		this.permits.clear();
		return taken;
	}

	@Override
	public CompletableFuture<@Nullable Void> decided() {
		return this.decided;
	}

	@Override
	public @Nullable Object proceed() throws Throwable {
		observe();
		RateLimitDecision refusal;
		synchronized (this) {
			if (this.failure != null) {
				throw inThisThread(this.failure);
			}
			if (this.over) {
				throw new CancellationException("Nobody waits for the call any more");
			}
			this.begun = true;
			refusal = this.refusal;
		}
		return (refusal == null) ? this.method.proceed() : refused(this.questions.get(this.asked).rule(), refusal);
	}

	private void observe() {
		if (this.observer == RateLimitObserver.Decisions.UNHEARD) {
			return;
		}
		List<RateLimitPermit> answers;
		synchronized (this) {
			answers = List.copyOf(this.answers);
		}
		for (int i = 0; i < answers.size(); i++) {
			Question question = this.questions.get(i);
			this.observer.decided(question.policy(this.limiter), answers.get(i), question.cost());
		}
	}

	private @Nullable Object refused(RateLimitRule rule, RateLimitDecision refusal) throws Throwable {
		if (rule.fallback() == null) {
			throw new RateLimitExceededException(refusal);
		}
		return rule.fallback().answer(this.call, refusal);
	}

	/** With the stack of who called the method. */
	private static Throwable inThisThread(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		return (cause instanceof RateLimitUnavailableException unavailable) ? new RateLimitUnavailableException(
				unavailable.policy(), (unavailable.getCause() != null) ? unavailable.getCause() : unavailable) : cause;
	}

	@Override
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

	@Override
	public @Nullable RuntimeException interrupted() {
		RateLimitPolicy policy;
		synchronized (this) {
			policy = this.questions.get(this.asked).policy();
		}
		return policy.maxWait().isZero() ? null : new RateLimitExceededException(new RateLimitDecision(policy.name(),
				false, policy.limits().get(0).limit(), 0, Duration.ZERO, Duration.ZERO));
	}

}
