package io.github.rediskit.autoconfigure.actuator;

import java.util.Map;
import java.util.TreeMap;

import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimitPolicy;

/**
 * The policies of rate limits, as they hold now, with what was changed at run time.
 */
final class PoliciesSection implements RediskitSection {

	private final RateLimitPolicies policies;

	PoliciesSection(RateLimitPolicies policies) {
		this.policies = policies;
	}

	@Override
	public String name() {
		return "policies";
	}

	@Override
	public Map<String, RateLimitPolicy> content() {
		Map<String, RateLimitPolicy> all = new TreeMap<>();
		this.policies.names().forEach((name) -> all.put(name, this.policies.get(name)));
		return all;
	}

}
