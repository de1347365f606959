package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.github.rediskit.session.SessionSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.core.env.Environment;

/**
 * The timeout of sessions as Spring Boot's own properties have it.
 *
 * @param property the property that says so
 * @param timeout the timeout
 */
record SessionTimeout(String property, Duration timeout) {

	private static final List<String> PREFIXES = List.of("spring.session", "server.servlet.session",
			"server.reactive.session");

	static SessionTimeout of(Environment environment) {
		Binder binder = Binder.get(environment);
		for (String prefix : PREFIXES) {
			Duration timeout = binder.bind(prefix, Setting.class).map(Setting::timeout).orElse(null);
			if (timeout != null) {
				return new SessionTimeout(prefix + ".timeout", timeout);
			}
		}
		return new SessionTimeout(SessionProperties.PREFIX + ".timeout", SessionSettings.DEFAULTS.timeout());
	}

	/**
	 * What is read; there may be more.
	 *
	 * @param timeout the timeout, in seconds if it has no unit
	 */
	record Setting(@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration timeout) {
	}

}
