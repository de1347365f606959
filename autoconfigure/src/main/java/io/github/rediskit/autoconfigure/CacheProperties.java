package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Map;

import io.github.rediskit.cache.CacheSettings.AfterWait;
import io.github.rediskit.cache.CacheSettings.OnFailure;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Settings of the caches.
 *
 * @param connection Name of the connection that the caches use.
 * @param defaults Settings of every cache that says nothing else.
 * @param caches Settings of single caches, by name. A name with dots needs brackets:
 * "[my.cache]".
 */
@ConfigurationProperties(prefix = "rediskit.cache", ignoreUnknownFields = false)
record CacheProperties(@DefaultValue("default") String connection, @DefaultValue Defaults defaults,
		@DefaultValue Map<String, Overrides> caches) {

	/**
	 * Settings of every cache that says nothing else.
	 *
	 * @param ttl How long an entry lives at most. There is no "forever".
	 * @param jitter Share of the time to live, from 0 to 1, by which entries expire
	 * earlier, spread at random.
	 * @param nullTtl How long the absence of a value is remembered; 0 for not at all.
	 * @param lease How long a load may be silent before another instance takes over. The
	 * lease is renewed while the load runs.
	 * @param loadTimeout How long the lease of one load is renewed.
	 * @param waiting What to do while another instance loads.
	 * @param onFailure What a call does while Redis is away: load the value once per
	 * instance without storing it (open), or fail (closed).
	 * @param maxLoadsWithoutRedis How many loads of one instance may run at once while
	 * Redis is away; others wait as for another instance's load. 0 for any number.
	 */
	record Defaults(@DefaultValue("10m") Duration ttl, @DefaultValue("0.1") double jitter,
			@DefaultValue("30s") Duration nullTtl, @DefaultValue("2s") Duration lease,
			@DefaultValue("30s") Duration loadTimeout, @Name("wait") @DefaultValue Wait waiting,
			@DefaultValue("open") OnFailure onFailure, @DefaultValue("64") int maxLoadsWithoutRedis) {

		/**
		 * What to do while another instance loads.
		 *
		 * @param timeout How long to wait for another instance's load.
		 * @param then What happens then: load the value once per instance, or fail.
		 */
		record Wait(@DefaultValue("5s") Duration timeout, @DefaultValue("load") AfterWait then) {
		}

	}

	/**
	 * Settings of one cache. What is not set is as in the defaults.
	 *
	 * @param type Class of the values, for a cache that is used through Spring's
	 * CacheManager only, or by methods that return different types.
	 * @param ttl How long an entry lives at most.
	 * @param jitter Share of the time to live, from 0 to 1, by which entries expire
	 * earlier, spread at random.
	 * @param nullTtl How long the absence of a value is remembered; 0 for not at all.
	 * @param lease How long a load may be silent before another instance takes over.
	 * @param loadTimeout How long the lease of one load is renewed.
	 * @param waiting What to do while another instance loads.
	 * @param onFailure What a call does while Redis is away: load the value once per
	 * instance without storing it (open), or fail (closed).
	 * @param maxLoadsWithoutRedis How many loads of one instance may run at once while
	 * Redis is away; others wait as for another instance's load. 0 for any number.
	 */
	record Overrides(@Nullable Class<?> type, @Nullable Duration ttl, @Nullable Double jitter,
			@Nullable Duration nullTtl, @Nullable Duration lease, @Nullable Duration loadTimeout,
			@Name("wait") @Nullable WaitOverrides waiting, @Nullable OnFailure onFailure,
			@Nullable Integer maxLoadsWithoutRedis) {

		/**
		 * What to do while another instance loads.
		 *
		 * @param timeout How long to wait for another instance's load.
		 * @param then What happens then: load the value once per instance, or fail.
		 */
		record WaitOverrides(@Nullable Duration timeout, @Nullable AfterWait then) {
		}

	}

}
