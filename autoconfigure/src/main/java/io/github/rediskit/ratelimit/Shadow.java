package io.github.rediskit.ratelimit;

import java.util.concurrent.CompletionStage;

/**
 * Allows what a policy in shadow mode would refuse, or could not decide on.
 */
final class Shadow extends WrappedLimits {

	Shadow(Limits limits) {
		super(limits);
	}

	@Override
	public CompletionStage<Answer> take(RateLimitRequest request) {
		CompletionStage<Answer> answer = super.take(request);
		return !request.policy().shadow() ? answer : answer.exceptionally((failure) -> Answer.open(request.policy()))
			.thenApply((known) -> known.admitted() ? known : known.inShadow());
	}

}
