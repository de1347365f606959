package io.github.rediskit.autoconfigure.actuator;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import io.github.rediskit.autoconfigure.ConfiguredCaches;
import io.github.rediskit.cache.CacheListener;
import io.github.rediskit.cache.CacheSettings;

/**
 * The settings of the caches, as they hold: of those that have some of their own, and of
 * those that have been used. Of an encrypted one the key's id is shown.
 */
final class CachesSection implements RediskitSection, CacheListener {

	private final Set<String> opened = ConcurrentHashMap.newKeySet();

	private final ConfiguredCaches settings;

	CachesSection(ConfiguredCaches settings) {
		this.settings = settings;
	}

	@Override
	public void opened(String cache) {
		this.opened.add(cache);
	}

	@Override
	public String name() {
		return "caches";
	}

	@Override
	public Caches content() {
		Map<String, CacheSettings> byName = new TreeMap<>();
		this.settings.names().forEach((name) -> byName.put(name, this.settings.apply(name)));
		this.opened.forEach((name) -> byName.put(name, this.settings.apply(name)));
		return new Caches(this.settings.defaults(), byName);
	}

	/**
	 * The caches.
	 *
	 * @param defaults what holds for any other
	 * @param byName what holds for each
	 */
	record Caches(CacheSettings defaults, Map<String, CacheSettings> byName) {
	}

}
