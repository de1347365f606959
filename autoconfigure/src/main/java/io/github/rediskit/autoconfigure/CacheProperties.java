package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Map;

import io.github.rediskit.cache.CacheSettings.AfterWait;
import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.cache.CacheSettings.OnFailure;
import io.github.rediskit.cache.CacheSettings.TtlMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

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
	 * @param ttl How long an entry is fresh. There is no "forever".
	 * @param ttlMode From when on that counts: when the value was stored (absolute), or
	 * when it was last asked for (sliding).
	 * @param jitter Share of the time to live, from 0 to 1, by which entries expire
	 * earlier, spread at random.
	 * @param nullTtl How long the absence of a value is remembered; 0 for not at all.
	 * @param staleWhileRevalidate For how long after its time an entry still answers
	 * calls while one of them has it loaded again in the background; 0 for not at all.
	 * @param staleIfError For how long after its time an entry still answers calls whose
	 * load fails; 0 for not at all.
	 * @param earlyRefresh How early an entry is loaded again before its time, by a caller
	 * drawn at random: the beta of XFetch. 0 for never.
	 * @param refreshAhead How many of the most asked for entries each instance loads
	 * again in the background before their time. 0 for none.
	 * @param lease How long a load may be silent before another instance takes over. The
	 * lease is renewed while the load runs.
	 * @param loadTimeout How long the lease of one load is renewed.
	 * @param softTimeout How long a call waits for a load if there is an old value to
	 * answer it with; the load goes on in the background. 0 for as long as it takes.
	 * @param hardTimeout How long a call waits for a load in any case; the load goes on
	 * in the background. 0 for as long as it takes.
	 * @param waiting What to do while another instance loads.
	 * @param onFailure What a call does while Redis is away: load the value once per
	 * instance without storing it (open), or fail (closed).
	 * @param maxLoadsWithoutRedis How many loads of one instance may run at once while
	 * Redis is away; others wait as for another instance's load. 0 for any number.
	 * @param format Format of the values: json, or cbor.
	 * @param maxValueSize How large a value may be as it is stored. A larger one is not
	 * stored, and counted.
	 * @param compression Whether values are compressed.
	 * @param encryption Whether values are encrypted.
	 */
	record Defaults(@DefaultValue("10m") Duration ttl, @DefaultValue("absolute") TtlMode ttlMode,
			@DefaultValue("0.1") double jitter, @DefaultValue("30s") Duration nullTtl,
			@DefaultValue("0s") Duration staleWhileRevalidate, @DefaultValue("0s") Duration staleIfError,
			@DefaultValue("1.0") double earlyRefresh, @DefaultValue("0") int refreshAhead,
			@DefaultValue("2s") Duration lease, @DefaultValue("30s") Duration loadTimeout,
			@DefaultValue("0s") Duration softTimeout, @DefaultValue("0s") Duration hardTimeout,
			@Name("wait") @DefaultValue Wait waiting, @DefaultValue("open") OnFailure onFailure,
			@DefaultValue("64") int maxLoadsWithoutRedis, @DefaultValue("json") Format format,
			@DefaultValue("1MB") DataSize maxValueSize, @DefaultValue Compression compression,
			@DefaultValue Encryption encryption) {

		/**
		 * What to do while another instance loads.
		 *
		 * @param timeout How long to wait for another instance's load.
		 * @param then What happens then: load the value once per instance, or fail.
		 */
		record Wait(@DefaultValue("5s") Duration timeout, @DefaultValue("load") AfterWait then) {
		}

		/**
		 * Whether values are compressed.
		 *
		 * @param enabled Whether values are compressed where that makes them smaller.
		 * @param minSize From which size on that is tried.
		 */
		record Compression(@DefaultValue("false") boolean enabled, @DefaultValue("1KB") DataSize minSize) {
		}

		/**
		 * Whether values are encrypted.
		 *
		 * @param keyId Which of rediskit.encryption.keys values are encrypted with; empty
		 * for none.
		 */
		record Encryption(@DefaultValue("") String keyId) {
		}

	}

	/**
	 * Settings of one cache. What is not set is as in the defaults.
	 *
	 * @param type Class of the values, for a cache that is used through Spring's
	 * CacheManager only, or by methods that return different types.
	 * @param ttl How long an entry is fresh.
	 * @param ttlMode From when on that counts: when the value was stored (absolute), or
	 * when it was last asked for (sliding).
	 * @param jitter Share of the time to live, from 0 to 1, by which entries expire
	 * earlier, spread at random.
	 * @param nullTtl How long the absence of a value is remembered; 0 for not at all.
	 * @param staleWhileRevalidate For how long after its time an entry still answers
	 * calls while one of them has it loaded again in the background; 0 for not at all.
	 * @param staleIfError For how long after its time an entry still answers calls whose
	 * load fails; 0 for not at all.
	 * @param earlyRefresh How early an entry is loaded again before its time, by a caller
	 * drawn at random: the beta of XFetch. 0 for never.
	 * @param refreshAhead How many of the most asked for entries each instance loads
	 * again in the background before their time. 0 for none.
	 * @param lease How long a load may be silent before another instance takes over.
	 * @param loadTimeout How long the lease of one load is renewed.
	 * @param softTimeout How long a call waits for a load if there is an old value to
	 * answer it with; the load goes on in the background. 0 for as long as it takes.
	 * @param hardTimeout How long a call waits for a load in any case; the load goes on
	 * in the background. 0 for as long as it takes.
	 * @param waiting What to do while another instance loads.
	 * @param onFailure What a call does while Redis is away: load the value once per
	 * instance without storing it (open), or fail (closed).
	 * @param maxLoadsWithoutRedis How many loads of one instance may run at once while
	 * Redis is away; others wait as for another instance's load. 0 for any number.
	 * @param format Format of the values: json, or cbor.
	 * @param maxValueSize How large a value may be as it is stored. A larger one is not
	 * stored, and counted.
	 * @param compression Whether values are compressed.
	 * @param encryption Whether values are encrypted.
	 */
	record Overrides(@Nullable Class<?> type, @Nullable Duration ttl, @Nullable TtlMode ttlMode,
			@Nullable Double jitter, @Nullable Duration nullTtl, @Nullable Duration staleWhileRevalidate,
			@Nullable Duration staleIfError, @Nullable Double earlyRefresh, @Nullable Integer refreshAhead,
			@Nullable Duration lease, @Nullable Duration loadTimeout, @Nullable Duration softTimeout,
			@Nullable Duration hardTimeout, @Name("wait") @DefaultValue WaitOverrides waiting,
			@Nullable OnFailure onFailure, @Nullable Integer maxLoadsWithoutRedis, @Nullable Format format,
			@Nullable DataSize maxValueSize, @DefaultValue CompressionOverrides compression,
			@DefaultValue EncryptionOverrides encryption) {

		/**
		 * What to do while another instance loads.
		 *
		 * @param timeout How long to wait for another instance's load.
		 * @param then What happens then: load the value once per instance, or fail.
		 */
		record WaitOverrides(@Nullable Duration timeout, @Nullable AfterWait then) {
		}

		/**
		 * Whether values are compressed.
		 *
		 * @param enabled Whether values are compressed where that makes them smaller.
		 * @param minSize From which size on that is tried.
		 */
		record CompressionOverrides(@Nullable Boolean enabled, @Nullable DataSize minSize) {
		}

		/**
		 * Whether values are encrypted.
		 *
		 * @param keyId Which of rediskit.encryption.keys values are encrypted with; empty
		 * for none.
		 */
		record EncryptionOverrides(@Nullable String keyId) {
		}

	}

}
