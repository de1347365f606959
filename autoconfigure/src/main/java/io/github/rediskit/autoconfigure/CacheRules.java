package io.github.rediskit.autoconfigure;

import java.time.Duration;

import io.github.rediskit.cache.CacheSettings;
import io.github.rediskit.cache.CacheSettings.Lifetime;
import io.github.rediskit.cache.CacheSettings.Loading;
import io.github.rediskit.cache.CacheSettings.TtlMode;
import io.github.rediskit.setting.InvalidSettingException;

/**
 * What the settings of a cache must obey.
 *
 * @param prefix the property above them
 * @param storage what they must obey besides
 */
record CacheRules(String prefix, StorageRules storage) {

	private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);

	private static final Duration LONGEST = Duration.ofDays(3650);

	private static final int MOST_REFRESHED_AHEAD = 10_000;

	void check(CacheSettings settings) {
		check(settings.lifetime());
		check(settings.loading());
		this.storage.check(this.prefix, settings.storage());
	}

	private void check(Lifetime lifetime) {
		requirePositive("ttl", lifetime.ttl());
		requireNotNegative("null-ttl", lifetime.nullTtl(),
				"Write how long the absence of a value is remembered, such as 30s, or 0 for not at all.");
		requireNotNegative("stale-while-revalidate", lifetime.staleWhileRevalidate(),
				"Write for how long an old value may be served while it is loaded again, such as 30s, or 0.");
		requireNotNegative("stale-if-error", lifetime.staleIfError(),
				"Write for how long an old value may be served when the load fails, such as 1h, or 0.");
		if (!(lifetime.jitter() >= 0 && lifetime.jitter() <= 1)) {
			throw invalid("jitter", "is " + lifetime.jitter() + ", which is no share",
					"Write a number from 0 to 1, such as 0.1 for up to a tenth of the time to live.");
		}
		if (!(lifetime.earlyRefresh() >= 0 && lifetime.earlyRefresh() <= 1000)) {
			throw invalid("early-refresh", "is " + lifetime.earlyRefresh(),
					"Write 1.0 for the usual, more for earlier, at most 1000, and 0 for never.");
		}
		if (lifetime.refreshAhead() < 0 || lifetime.refreshAhead() > MOST_REFRESHED_AHEAD) {
			throw invalid("refresh-ahead", "is " + lifetime.refreshAhead(),
					"Write how many entries each instance keeps fresh, at most 10000, or 0 for none.");
		}
		if (lifetime.mode() == TtlMode.SLIDING) {
			requireNothingOld(lifetime);
		}
	}

	/** An entry that lives on with each call has no moment at which it becomes old. */
	private void requireNothingOld(Lifetime lifetime) {
		String old = !lifetime.staleWhileRevalidate().isZero() ? "stale-while-revalidate"
				: !lifetime.staleIfError().isZero() ? "stale-if-error"
						: (lifetime.refreshAhead() > 0) ? "refresh-ahead" : null;
		if (old != null) {
			throw invalid(old, "is set together with ttl-mode: sliding",
					"An entry that lives on with each call is never old: leave %s out, or write ttl-mode: absolute."
						.formatted(old));
		}
	}

	private void check(Loading loading) {
		requirePositive("load-timeout", loading.loadTimeout());
		requireNotNegative("soft-timeout", loading.softTimeout(),
				"Write how long a call waits for a load when there is an old value, such as 200ms, or 0.");
		requireNotNegative("hard-timeout", loading.hardTimeout(),
				"Write how long a call waits for a load in any case, such as 5s, or 0.");
		requireNotNegative("wait.timeout", loading.waitTimeout(),
				"Write how long to wait for another instance's load, such as 5s.");
		if (loading.maxLoadsWithoutRedis() < 0) {
			throw invalid("max-loads-without-redis", "is negative",
					"Write how many loads may run at once while Redis is away, such as 64, or 0 for any number.");
		}
		if (loading.lease().compareTo(SHORTEST_LEASE) < 0) {
			throw invalid("lease", "is shorter than 100ms, too short to be renewed in time",
					"Write how long a load may be silent before another instance takes over, such as 2s.");
		}
		requireNotTooLong("lease", loading.lease());
	}

	private void requirePositive(String name, Duration value) {
		requireNotTooLong(name, value);
		if (value.toMillis() <= 0) {
			throw invalid(name, "is not positive", "Write a duration such as 10m; there is no \"forever\".");
		}
	}

	private void requireNotNegative(String name, Duration value, String advice) {
		requireNotTooLong(name, value);
		if (value.isNegative()) {
			throw invalid(name, "is negative", advice);
		}
	}

	private void requireNotTooLong(String name, Duration value) {
		if (value.compareTo(LONGEST) > 0) {
			throw invalid(name, "is longer than ten years", "Write at most 3650d; there is no \"forever\".");
		}
	}

	private InvalidSettingException invalid(String name, String problem, String advice) {
		return new InvalidSettingException(this.prefix + "." + name, problem, advice);
	}

}
