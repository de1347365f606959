package io.github.rediskit.ratelimit;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The declared policies of an application, by name, and what was changed about them at
 * run time: see {@link RateLimitChanges}.
 */
public final class RateLimitPolicies {

	private final Map<String, RateLimitPolicy> declared = new ConcurrentHashMap<>();

	private final Map<String, PolicyChange> changes = new ConcurrentHashMap<>();

	/** What holds: ready to be handed out, since every decision asks for it. */
	private final Map<String, RateLimitPolicy> current = new ConcurrentHashMap<>();

	private final boolean shadow;

	/**
	 * Declares policies.
	 * @param policies the policies
	 */
	public RateLimitPolicies(Collection<RateLimitPolicy> policies) {
		this(policies, false);
	}

	/**
	 * Declares policies.
	 * @param policies the policies
	 * @param shadow whether all policies count only, and never refuse, whatever they say
	 */
	public RateLimitPolicies(Collection<RateLimitPolicy> policies, boolean shadow) {
		this.shadow = shadow;
		policies.forEach(this::declare);
	}

	/**
	 * The policy of a name, as it holds now.
	 * @param name the name
	 * @return the policy
	 * @throws UnknownRateLimitPolicyException if there is none
	 */
	public RateLimitPolicy get(String name) {
		RateLimitPolicy policy = this.current.get(name);
		if (policy == null) {
			throw new UnknownRateLimitPolicyException(name, this.declared.keySet());
		}
		return policy;
	}

	/**
	 * Declares a policy, unless there is one of that name.
	 * @param policy the policy
	 * @return whether it is what is declared by that name now
	 */
	public synchronized boolean declare(RateLimitPolicy policy) {
		RateLimitPolicy known = this.declared.putIfAbsent(policy.name(), policy);
		settle(policy.name());
		return known == null || known.equals(policy);
	}

	/**
	 * Their names, sorted.
	 * @return the names
	 */
	public Set<String> names() {
		return new TreeSet<>(this.declared.keySet());
	}

	/** As it was declared, whatever was changed since. */
	@Nullable RateLimitPolicy declared(String name) {
		return this.declared.get(name);
	}

	boolean isEmpty() {
		return this.declared.isEmpty();
	}

	/**
	 * What is changed from now on, and nothing else.
	 * @param changes the changes by the names of their policies, which need not be
	 * declared here
	 * @return the names of those that are not made here, since something else is declared
	 */
	synchronized Set<String> change(Map<String, PolicyChange> changes) {
		this.changes.clear();
		this.changes.putAll(changes);
		this.declared.keySet().forEach(this::settle);
		Set<String> ignored = new TreeSet<>();
		changes.forEach((name, change) -> {
			RateLimitPolicy declared = this.declared.get(name);
			if (declared != null && !change.isOf(declared)) {
				ignored.add(name);
			}
		});
		return ignored;
	}

	private void settle(String name) {
		RateLimitPolicy declared = this.declared.get(name);
		PolicyChange change = this.changes.get(name);
		if (declared != null) {
			this.current.put(name, effective((change != null && change.isOf(declared)) ? change.policy() : declared));
		}
	}

	/**
	 * A change to be made: none if it is what is declared. That all policies count only
	 * is this application's setting, and not spread to others.
	 */
	@Nullable PolicyChange changeTo(RateLimitPolicy policy) {
		RateLimitPolicy declared = this.declared.get(policy.name());
		if (declared == null) {
			throw new UnknownRateLimitPolicyException(policy.name(), this.declared.keySet());
		}
		if (policy.algorithm() != declared.algorithm()) {
			throw new IllegalArgumentException(
					"The rate limit policy '%s' can't become %s at run time: what was counted as %s would be lost. Declare a policy of another name"
						.formatted(policy.name(), policy.algorithm(), declared.algorithm()));
		}
		RateLimitPolicy changed = this.shadow ? policy.withShadow(declared.shadow()) : policy;
		return changed.equals(declared) ? null : new PolicyChange(declared, changed);
	}

	/** What a policy means in this application. */
	RateLimitPolicy effective(RateLimitPolicy policy) {
		return (this.shadow && !policy.shadow()) ? policy.withShadow(true) : policy;
	}

}
