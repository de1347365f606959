package io.github.rediskit.ratelimit;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The declared policies of an application, by name.
 */
public final class RateLimitPolicies {

	private final Map<String, RateLimitPolicy> policies = new ConcurrentHashMap<>();

	/**
	 * Declares policies.
	 * @param policies the policies
	 */
	public RateLimitPolicies(Collection<RateLimitPolicy> policies) {
		policies.forEach(this::replace);
	}

	/**
	 * The policy of a name.
	 * @param name the name
	 * @return the policy
	 * @throws UnknownRateLimitPolicyException if there is none
	 */
	public RateLimitPolicy get(String name) {
		RateLimitPolicy policy = this.policies.get(name);
		if (policy == null) {
			throw new UnknownRateLimitPolicyException(name, this.policies.keySet());
		}
		return policy;
	}

	/**
	 * Declares a policy, in place of one of the same name. What was counted by a limit of
	 * the same period, and of the same algorithm, counts on. Other instances are not
	 * told.
	 * @param policy the policy
	 */
	public void replace(RateLimitPolicy policy) {
		this.policies.put(policy.name(), policy);
	}

	/**
	 * Their names, sorted.
	 * @return the names
	 */
	public Set<String> names() {
		return new TreeSet<>(this.policies.keySet());
	}

}
