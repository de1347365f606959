package io.github.rediskit.autoconfigure;

import java.util.Locale;

import io.github.rediskit.web.HttpRateLimits;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;

/**
 * Warns where clients are limited by addresses that are probably not theirs.
 */
final class HttpRulesWarning {

	private static final Log logger = LogFactory.getLog(HttpRulesWarning.class);

	private static final String STRATEGY = "server.forward-headers-strategy";

	private HttpRulesWarning() {
	}

	static void logIfNeeded(HttpRateLimits limits, Environment environment) {
		String reason = limits.isByUntrustedAddress() ? reason(environment) : null;
		if (reason != null) {
			logger.warn("Rules under rediskit.rate-limit.http limit clients by their address, and " + reason);
		}
	}

	private static @Nullable String reason(Environment environment) {
		String strategy = environment.getProperty(STRATEGY, "").toLowerCase(Locale.ROOT);
		if (strategy.equals("framework")) {
			return STRATEGY + "=framework takes it from headers that anybody can write: let the proxy in front remove "
					+ "them, or leave the strategy out and set rediskit.rate-limit.http.trusted-proxies.";
		}
		CloudPlatform platform = CloudPlatform.getActive(environment);
		if (strategy.equals("native") || (strategy.isEmpty() && platform != null)) {
			return "the web server takes it from the headers of proxies that it trusts (" + STRATEGY
					+ "): see that these are yours, or set it to none and rediskit.rate-limit.http.trusted-proxies.";
		}
		return (platform != null)
				? "on %s it is that of a proxy: set rediskit.rate-limit.http.trusted-proxies.".formatted(platform)
				: null;
	}

}
