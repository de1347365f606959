package io.github.rediskit.ratelimit;

/**
 * Allows what a policy in shadow mode would refuse, or could not decide on.
 */
final class Shadow extends WrappedLimits {

	Shadow(Limits limits) {
		super(limits);
	}

	@Override
	public void take(RateLimitRequest request, Told told) {
		super.take(request, !request.policy().shadow() ? told : new Told() {

			@Override
			public void answered(Answer answer) {
				told.answered(answer.admitted() ? answer : answer.inShadow());
			}

			@Override
			public void failed(Throwable failure) {
				told.answered(Answer.open(request.policy()));
			}

		});
	}

}
