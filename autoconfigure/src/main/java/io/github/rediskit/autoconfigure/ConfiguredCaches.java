package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

import io.github.rediskit.autoconfigure.CacheProperties.Defaults;
import io.github.rediskit.autoconfigure.CacheProperties.Overrides;
import io.github.rediskit.cache.CacheSettings;
import io.github.rediskit.cache.CacheSettings.AfterWait;
import org.jspecify.annotations.Nullable;

/**
 * The settings of each cache: the defaults, and over them what its name says.
 */
final class ConfiguredCaches implements Function<String, CacheSettings> {

	private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);

	private static final Duration LONGEST = Duration.ofDays(3650);

	private final Map<String, CacheSettings> named = new HashMap<>();

	private final CacheSettings defaults;

	ConfiguredCaches(CacheProperties properties) {
		this.defaults = checked("rediskit.cache.defaults", settings(properties.defaults()));
		properties.caches()
			.forEach((name, overrides) -> this.named.put(name,
					checked("rediskit.cache.caches." + checkedName(name), merged(this.defaults, overrides))));
	}

	@Override
	public CacheSettings apply(String name) {
		return this.named.getOrDefault(name, this.defaults);
	}

	private static String checkedName(String name) {
		if (!ConnectionRules.NAME.matcher(name).matches()) {
			throw new InvalidSettingException("rediskit.cache.caches", "names the cache '" + name + "'",
					"The name of a cache consists of letters, digits, dots, dashes and underscores.");
		}
		return name;
	}

	private static CacheSettings settings(Defaults defaults) {
		return new CacheSettings(defaults.ttl(), defaults.jitter(), defaults.nullTtl(), defaults.lease(),
				defaults.loadTimeout(), defaults.waiting().timeout(), defaults.waiting().then(), defaults.onFailure(),
				defaults.maxLoadsWithoutRedis());
	}

	private static CacheSettings merged(CacheSettings defaults, Overrides overrides) {
		Overrides.WaitOverrides wait = overrides.waiting();
		Duration waitTimeout = (wait != null) ? wait.timeout() : null;
		AfterWait afterWait = (wait != null) ? wait.then() : null;
		return new CacheSettings(or(overrides.ttl(), defaults.ttl()), or(overrides.jitter(), defaults.jitter()),
				or(overrides.nullTtl(), defaults.nullTtl()), or(overrides.lease(), defaults.lease()),
				or(overrides.loadTimeout(), defaults.loadTimeout()), or(waitTimeout, defaults.waitTimeout()),
				or(afterWait, defaults.afterWait()), or(overrides.onFailure(), defaults.onFailure()),
				or(overrides.maxLoadsWithoutRedis(), defaults.maxLoadsWithoutRedis()));
	}

	private static <T> T or(@Nullable T value, T otherwise) {
		return (value != null) ? value : otherwise;
	}

	private static CacheSettings checked(String prefix, CacheSettings settings) {
		requireNotTooLong(prefix + ".ttl", settings.ttl());
		requireNotTooLong(prefix + ".null-ttl", settings.nullTtl());
		requireNotTooLong(prefix + ".load-timeout", settings.loadTimeout());
		requirePositive(prefix + ".ttl", settings.ttl());
		requirePositive(prefix + ".load-timeout", settings.loadTimeout());
		if (settings.nullTtl().isNegative()) {
			throw new InvalidSettingException(prefix + ".null-ttl", "is negative",
					"Write how long the absence of a value is remembered, such as 30s, or 0 for not at all.");
		}
		if (settings.waitTimeout().isNegative()) {
			throw new InvalidSettingException(prefix + ".wait.timeout", "is negative",
					"Write how long to wait for another instance's load, such as 5s.");
		}
		if (settings.maxLoadsWithoutRedis() < 0) {
			throw new InvalidSettingException(prefix + ".max-loads-without-redis", "is negative",
					"Write how many loads may run at once while Redis is away, such as 64, or 0 for any number.");
		}
		if (settings.lease().compareTo(SHORTEST_LEASE) < 0) {
			throw new InvalidSettingException(prefix + ".lease",
					"is shorter than 100ms, too short to be renewed in time",
					"Write how long a load may be silent before another instance takes over, such as 2s.");
		}
		if (!(settings.jitter() >= 0 && settings.jitter() <= 1)) {
			throw new InvalidSettingException(prefix + ".jitter", "is " + settings.jitter() + ", which is no share",
					"Write a number from 0 to 1, such as 0.1 for up to a tenth of the time to live.");
		}
		return settings;
	}

	private static void requireNotTooLong(String property, Duration value) {
		if (value.compareTo(LONGEST) > 0) {
			throw new InvalidSettingException(property, "is longer than ten years",
					"Write at most 3650d; there is no \"forever\".");
		}
	}

	private static void requirePositive(String property, Duration value) {
		if (value.toMillis() <= 0) {
			throw new InvalidSettingException(property, "is not positive",
					"Write a duration such as 10m; there is no \"forever\".");
		}
	}

}
