package io.github.rediskit.ratelimit;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A decision, and what can be done about it afterwards. A refusal is one, too: nothing
 * has to be given back then, and doing so does no harm.
 */
public interface RateLimitPermit {

	/**
	 * The decision.
	 * @return whether the call is allowed, by the policy's strictest limit
	 */
	RateLimitDecision decision();

	/**
	 * Each limit of the policy, in its order, as it was left by the decision. Empty if
	 * nobody has asked Redis.
	 * @return the limits
	 */
	List<RateLimitStatus> limits();

	/**
	 * Ends the call: the permit of a concurrency policy is given back, and no longer
	 * renewed. To other policies this means nothing. Only the first time counts.
	 */
	void release();

	/**
	 * Takes back what was counted, because the call did not take place. Only the first
	 * time counts, and what is over by itself meanwhile stays as it is.
	 * @return completed with whether there was something to take back; an outage is no
	 * exception, what was counted is over by itself in time
	 */
	CompletionStage<Boolean> refund();

}
