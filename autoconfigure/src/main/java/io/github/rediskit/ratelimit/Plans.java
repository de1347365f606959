package io.github.rediskit.ratelimit;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which policy applies to which subject. Only names that are declared can come out: they
 * are tags of meters, and parts of keys.
 */
final class Plans {

	private final RateLimitPolicies policies;

	private final Supplier<List<PolicyResolver>> resolvers;

	Plans(RateLimitPolicies policies, Supplier<List<PolicyResolver>> resolvers) {
		this.policies = policies;
		this.resolvers = resolvers;
	}

	RateLimitPolicy of(String name, Object key) {
		RateLimitPolicy declared = this.policies.get(name);
		for (PolicyResolver resolver : this.resolvers.get()) {
			Optional<RateLimitPolicy> plan = resolver.resolve(declared, key);
			if (plan.isPresent()) {
				return checked(plan.get(), name, resolver);
			}
		}
		return declared;
	}

	private RateLimitPolicy checked(RateLimitPolicy plan, String asked, PolicyResolver resolver) {
		RateLimitPolicy named = this.policies.declared(plan.name());
		if (named == null) {
			throw new IllegalStateException(
					"%s gives the policy '%s' for '%s', which is not declared. There are %s: give one of them, or '%s' with other limits"
						.formatted(resolver.getClass().getName(), plan.name(), asked, this.policies.names(), asked));
		}
		if (plan.algorithm() != named.algorithm()) {
			throw new IllegalStateException(
					"%s gives the policy '%s' as %s, but it is declared as %s, and one can't go on with what the other counted: declare a policy of another name"
						.formatted(resolver.getClass().getName(), plan.name(), plan.algorithm(), named.algorithm()));
		}
		return this.policies.effective(plan);
	}

}
