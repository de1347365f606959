package io.github.rediskit.autoconfigure;

import java.util.List;

import io.github.rediskit.web.ClientAddresses;
import io.github.rediskit.web.ClientAddresses.ForwardedHeader;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Who is believed about where a user logs in from: the proxies that the rate limits
 * trust.
 */
final class SessionAddresses {

	private SessionAddresses() {
	}

	static ClientAddresses of(ObjectProvider<RateLimitProperties> properties) {
		RateLimitProperties rateLimits = properties.getIfAvailable();
		return (rateLimits != null) ? HttpRules.addresses(rateLimits.http())
				: new ClientAddresses(List.of(), ForwardedHeader.X_FORWARDED_FOR, 64);
	}

}
