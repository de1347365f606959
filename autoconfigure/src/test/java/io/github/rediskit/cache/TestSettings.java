package io.github.rediskit.cache;

import java.time.Duration;
import java.util.function.Consumer;

import io.github.rediskit.cache.CacheSettings.AfterWait;
import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.cache.CacheSettings.Lifetime;
import io.github.rediskit.cache.CacheSettings.Loading;
import io.github.rediskit.cache.CacheSettings.OnFailure;
import io.github.rediskit.cache.CacheSettings.Storage;
import io.github.rediskit.cache.CacheSettings.TtlMode;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a cache in a test: as an application has them that configures nothing,
 * but without jitter and early refresh, which are left to chance. A test changes what it
 * is about.
 */
final class TestSettings {

	Duration ttl = Duration.ofMinutes(10);

	TtlMode mode = TtlMode.ABSOLUTE;

	double jitter;

	Duration nullTtl = Duration.ofSeconds(30);

	Duration staleWhileRevalidate = Duration.ZERO;

	Duration staleIfError = Duration.ZERO;

	double earlyRefresh;

	int refreshAhead;

	Duration lease = Duration.ofSeconds(2);

	Duration loadTimeout = Duration.ofSeconds(30);

	Duration softTimeout = Duration.ZERO;

	Duration hardTimeout = Duration.ZERO;

	Duration waitTimeout = Duration.ofSeconds(5);

	AfterWait afterWait = AfterWait.LOAD;

	OnFailure onFailure = OnFailure.OPEN;

	int maxLoadsWithoutRedis = 64;

	Format format = Format.JSON;

	long maxSize = 1 << 20;

	long compressFrom = -1;

	@Nullable String encryptionKey;

	static CacheSettings with(Consumer<TestSettings> changes) {
		TestSettings settings = new TestSettings();
		changes.accept(settings);
		return new CacheSettings(new Lifetime(settings.ttl, settings.mode, settings.jitter, settings.nullTtl,
				settings.staleWhileRevalidate, settings.staleIfError, settings.earlyRefresh, settings.refreshAhead),
				new Loading(settings.lease, settings.loadTimeout, settings.softTimeout, settings.hardTimeout,
						settings.waitTimeout, settings.afterWait, settings.onFailure, settings.maxLoadsWithoutRedis),
				new Storage(settings.format, settings.maxSize, settings.compressFrom, settings.encryptionKey));
	}

}
