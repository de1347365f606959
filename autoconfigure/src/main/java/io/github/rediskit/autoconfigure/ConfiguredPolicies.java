package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitAlgorithm;
import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.setting.InvalidSettingException;

/**
 * The policies that the properties declare, checked.
 */
final class ConfiguredPolicies {

	private static final String PREFIX = "rediskit.rate-limit.policies";

	private static final int MOST_INSTANCES = 1000;

	private ConfiguredPolicies() {
	}

	static RateLimitPolicies of(RateLimitProperties properties) {
		if (properties.instances() < 1 || properties.instances() > MOST_INSTANCES) {
			throw new InvalidSettingException("rediskit.rate-limit.instances", "is " + properties.instances(),
					"Write how many instances share a limit until they have been counted, from 1 to 1000.");
		}
		List<RateLimitPolicy> policies = new ArrayList<>();
		properties.policies().forEach((name, settings) -> {
			if (!ConnectionRules.NAME.matcher(name).matches()) {
				throw new InvalidSettingException(PREFIX, "names the policy '" + name + "'",
						"The name of a policy consists of letters, digits, dots, dashes and underscores.");
			}
			policies.add(policy(name, settings));
		});
		return new RateLimitPolicies(policies, properties.shadow());
	}

	private static RateLimitPolicy policy(String name, RateLimitProperties.Policy settings) {
		String prefix = PREFIX + "." + name;
		List<RateLimitPolicy.Limit> limits = new ArrayList<>();
		for (int i = 0; i < settings.limits().size(); i++) {
			limits.add(limit(prefix + ".limits[" + i + "]", settings.algorithm(), settings.limits().get(i)));
		}
		try {
			return new RateLimitPolicy(name, settings.algorithm(), limits, settings.hold(), settings.maxWait(),
					settings.timeBudget(), settings.onFailure(), settings.shadow(), settings.maxKeys());
		}
		catch (InvalidSettingException ex) {
			throw ex.within("rediskit.rate-limit");
		}
	}

	private static RateLimitPolicy.Limit limit(String prefix, RateLimitAlgorithm algorithm,
			RateLimitProperties.Policy.Limit settings) {
		Long limit = settings.limit();
		if (limit == null) {
			throw new InvalidSettingException(prefix + ".limit", "is missing",
					"Write how much is allowed in a period, such as 10.");
		}
		Duration period = settings.period();
		if (period == null && algorithm != RateLimitAlgorithm.CONCURRENCY) {
			throw new InvalidSettingException(prefix + ".period", "is missing",
					"Write the time for which the limit is, such as 1s.");
		}
		Long capacity = settings.capacity();
		return new RateLimitPolicy.Limit(limit, (period != null) ? period : Duration.ZERO,
				(capacity != null) ? capacity : limit);
	}

}
