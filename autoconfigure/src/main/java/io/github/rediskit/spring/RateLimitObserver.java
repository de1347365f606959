package io.github.rediskit.spring;

import io.github.rediskit.ratelimit.RateLimitPermit;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import reactor.util.context.ContextView;

/**
 * Hears of what is decided about calls of {@code @RateLimited} methods, for whom they are
 * made: unlike a listener, which hears of all decisions and knows of no caller.
 */
@FunctionalInterface
public interface RateLimitObserver {

	/** Hears nothing. */
	RateLimitObserver NOBODY = (subscriber) -> Decisions.UNHEARD;

	/**
	 * A call is on its way; it is the caller's thread that says so.
	 * @param subscriber the context of who subscribes to what the method returns; empty
	 * where nobody does
	 * @return who hears of the decisions about this call
	 */
	Decisions observe(ContextView subscriber);

	/**
	 * Hears of the decisions about one call.
	 */
	@FunctionalInterface
	interface Decisions {

		/** Hears nothing. */
		Decisions UNHEARD = (policy, permit, cost) -> {
		};

		/**
		 * One of the call's limits was decided on. All of them are told, one after the
		 * other, by the thread that goes on with the call, before the method runs or the
		 * caller hears of a refusal. It must not throw.
		 * @param policy the policy
		 * @param permit the decision, which belongs to the call
		 * @param cost what the call costs
		 */
		void decided(RateLimitPolicy policy, RateLimitPermit permit, long cost);

	}

}
