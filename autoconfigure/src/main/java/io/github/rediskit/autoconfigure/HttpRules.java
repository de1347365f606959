package io.github.rediskit.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.web.ClientAddresses;
import io.github.rediskit.web.HttpRateLimits;
import io.github.rediskit.web.HttpRule;

/**
 * The rules for HTTP requests that the properties declare, checked.
 */
final class HttpRules {

	static final String PREFIX = "rediskit.rate-limit.http";

	private HttpRules() {
	}

	static HttpRateLimits of(RateLimitProperties.Http properties, Supplier<AsyncRateLimiter> limiter) {
		ClientAddresses addresses = addresses(properties);
		try {
			List<HttpRule> rules = new ArrayList<>();
			for (int i = 0; i < properties.rules().size(); i++) {
				RateLimitProperties.Http.Rule rule = properties.rules().get(i);
				rules.add(HttpRule.of("rules[" + i + "]", rule.path(), rule.method(), rule.policy(), rule.key(),
						rule.cost()));
			}
			return new HttpRateLimits(rules, addresses, properties.headers(), limiter);
		}
		catch (InvalidSettingException ex) {
			throw ex.within(PREFIX);
		}
	}

	/** Who is believed about where a request comes from. */
	static ClientAddresses addresses(RateLimitProperties.Http properties) {
		try {
			return new ClientAddresses(properties.trustedProxies(), properties.forwardedHeader(),
					properties.ipv6Prefix());
		}
		catch (InvalidSettingException ex) {
			throw ex.within(PREFIX);
		}
	}

	/** Policies that annotations define are known only once all beans are made. */
	static void requirePolicies(HttpRateLimits limits) {
		try {
			limits.requirePolicies();
		}
		catch (InvalidSettingException ex) {
			throw ex.within(PREFIX);
		}
	}

}
