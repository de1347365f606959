package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * Answers in place of Redis when Redis does not, as the policy says. A refusal is an
 * answer: nobody else is asked then. An outage is never a refusal, unless this instance's
 * own share of the limit is spent.
 */
final class OutagePolicy extends WrappedLimits {

	private final LocalLimits local;

	private final RateLimitListener listener;

	OutagePolicy(Limits limits, LocalLimits local, RateLimitListener listener) {
		super(limits);
		this.local = local;
		this.listener = listener;
	}

	@Override
	public void take(RateLimitRequest request, Told told) {
		super.take(request, new Told() {

			@Override
			public void answered(Answer answer) {
				told.answered(answer);
			}

			@Override
			public void failed(Throwable failure) {
				Answer answer;
				try {
					answer = instead(request, failure, OutagePolicy.this::takeHere);
				}
				catch (RuntimeException ex) {
					told.failed(ex);
					return;
				}
				told.answered(answer);
			}

		});
	}

	private Answer takeHere(RateLimitRequest request) {
		Answer answer = this.local.take(request);
		this.listener.local(request.policy().name(), answer.admitted());
		return answer;
	}

	@Override
	public CompletionStage<Answer> look(RateLimitRequest request) {
		return super.look(request).exceptionally((failure) -> instead(request, failure, this.local::look));
	}

	private Answer instead(RateLimitRequest request, Throwable failure, Function<RateLimitRequest, Answer> local) {
		RateLimitPolicy policy = request.policy();
		Throwable cause = unwrapped(failure);
		if (cause instanceof IllegalArgumentException wrong) {
			throw wrong; // a name that can't be part of a key: Redis was not asked
		}
		this.listener.outage(policy.name(), cause);
		return switch (policy.onFailure()) {
			case OPEN -> Answer.open(policy);
			case CLOSED -> throw new RateLimitUnavailableException(policy.name(), cause);
			case LOCAL -> local.apply(request);
		};
	}

	@Override
	public CompletionStage<Boolean> reset(RateLimitRequest subject) {
		return super.reset(subject).exceptionally((failure) -> {
			throw new RateLimitUnavailableException(subject.policy().name(), unwrapped(failure));
		});
	}

	@Override
	public CompletionStage<Boolean> block(RateLimitRequest subject, Duration duration) {
		return super.block(subject, duration).exceptionally((failure) -> {
			throw new RateLimitUnavailableException(subject.policy().name(), unwrapped(failure));
		});
	}

	static Throwable unwrapped(Throwable failure) {
		Throwable result = failure;
		while ((result instanceof CompletionException || result instanceof ExecutionException)
				&& result.getCause() != null) {
			result = result.getCause();
		}
		return result;
	}

}
