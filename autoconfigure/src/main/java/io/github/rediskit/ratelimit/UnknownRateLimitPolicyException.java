package io.github.rediskit.ratelimit;

import java.util.Collection;
import java.util.TreeSet;

/**
 * There is no policy of that name.
 */
public class UnknownRateLimitPolicyException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	UnknownRateLimitPolicyException(String name, Collection<String> known) {
		super("There is no rate limit policy '%s'. %s; another one is declared by rediskit.rate-limit.policies.%s"
			.formatted(name, known.isEmpty() ? "None is declared" : "There are " + new TreeSet<>(known), name));
	}

}
