package io.github.rediskit.autoconfigure;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import io.github.rediskit.autoconfigure.CacheProperties.Defaults;
import io.github.rediskit.autoconfigure.CacheProperties.Overrides;
import io.github.rediskit.cache.CacheSettings;
import io.github.rediskit.cache.CacheSettings.Lifetime;
import io.github.rediskit.cache.CacheSettings.Loading;
import io.github.rediskit.cache.CacheSettings.Storage;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The settings of each cache: the defaults, and over them what its name says.
 */
public final class ConfiguredCaches implements Function<String, CacheSettings> {

	private final Map<String, CacheSettings> named = new TreeMap<>();

	private final CacheSettings defaults;

	ConfiguredCaches(CacheProperties properties, StorageRules storageRules) {
		Defaults defaults = properties.defaults();
		this.defaults = new CacheSettings(lifetime(defaults), loading(defaults), storage(defaults));
		new CacheRules("rediskit.cache.defaults", storageRules).check(this.defaults);
		properties.caches().forEach((name, overrides) -> {
			String prefix = "rediskit.cache.caches." + checkedName(name);
			CacheSettings settings = new CacheSettings(lifetime(this.defaults.lifetime(), overrides),
					loading(this.defaults.loading(), overrides), storage(defaults, overrides));
			new CacheRules(prefix, storageRules).check(settings);
			this.named.put(name, settings);
		});
	}

	/**
	 * What holds for caches of which nothing is said.
	 * @return the settings
	 */
	public CacheSettings defaults() {
		return this.defaults;
	}

	/**
	 * The caches of which something is said, sorted.
	 * @return their names
	 */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.named.keySet());
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

	private static Lifetime lifetime(Defaults defaults) {
		return new Lifetime(defaults.ttl(), defaults.ttlMode(), defaults.jitter(), defaults.nullTtl(),
				defaults.staleWhileRevalidate(), defaults.staleIfError(), defaults.earlyRefresh(),
				defaults.refreshAhead());
	}

	private static Lifetime lifetime(Lifetime defaults, Overrides overrides) {
		return new Lifetime(or(overrides.ttl(), defaults.ttl()), or(overrides.ttlMode(), defaults.mode()),
				or(overrides.jitter(), defaults.jitter()), or(overrides.nullTtl(), defaults.nullTtl()),
				or(overrides.staleWhileRevalidate(), defaults.staleWhileRevalidate()),
				or(overrides.staleIfError(), defaults.staleIfError()),
				or(overrides.earlyRefresh(), defaults.earlyRefresh()),
				or(overrides.refreshAhead(), defaults.refreshAhead()));
	}

	private static Loading loading(Defaults defaults) {
		return new Loading(defaults.lease(), defaults.loadTimeout(), defaults.softTimeout(), defaults.hardTimeout(),
				defaults.waiting().timeout(), defaults.waiting().then(), defaults.onFailure(),
				defaults.maxLoadsWithoutRedis());
	}

	private static Loading loading(Loading defaults, Overrides overrides) {
		return new Loading(or(overrides.lease(), defaults.lease()), or(overrides.loadTimeout(), defaults.loadTimeout()),
				or(overrides.softTimeout(), defaults.softTimeout()),
				or(overrides.hardTimeout(), defaults.hardTimeout()),
				or(overrides.waiting().timeout(), defaults.waitTimeout()),
				or(overrides.waiting().then(), defaults.afterWait()), or(overrides.onFailure(), defaults.onFailure()),
				or(overrides.maxLoadsWithoutRedis(), defaults.maxLoadsWithoutRedis()));
	}

	private static Storage storage(Defaults defaults) {
		return new Storage(defaults.format(), defaults.maxValueSize().toBytes(),
				compressFrom(defaults.compression().enabled(), defaults.compression().minSize()),
				keyId(defaults.encryption().keyId()));
	}

	private static Storage storage(Defaults defaults, Overrides overrides) {
		return new Storage(or(overrides.format(), defaults.format()),
				or(overrides.maxValueSize(), defaults.maxValueSize()).toBytes(),
				compressFrom(or(overrides.compression().enabled(), defaults.compression().enabled()),
						or(overrides.compression().minSize(), defaults.compression().minSize())),
				keyId(or(overrides.encryption().keyId(), defaults.encryption().keyId())));
	}

	private static long compressFrom(boolean enabled, DataSize minSize) {
		return enabled ? Math.max(0, minSize.toBytes()) : -1;
	}

	private static @Nullable String keyId(String text) {
		return text.isBlank() ? null : text.trim();
	}

	private static <T> T or(@Nullable T value, T otherwise) {
		return (value != null) ? value : otherwise;
	}

}
