package io.github.rediskit.lock;

import java.time.Duration;

import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

/**
 * What holds for locks whose request does not say otherwise.
 *
 * @param lease how long a lock is held without a sign of life, at least 100 ms: how soon
 * others take over from a holder that died
 * @param maxWait how long to wait for a lock
 * @param maxHold when renewing stops; {@code null} for never
 */
public record LockSettings(Duration lease, Duration maxWait, @Nullable Duration maxHold) {

	/** A lease of 30 s, a wait of 10 s, and no end of renewing. */
	public static final LockSettings DEFAULTS = new LockSettings(Duration.ofSeconds(30), Duration.ofSeconds(10), null);

	/**
	 * Checks the settings.
	 * @throws InvalidSettingException if they say what can't be meant
	 */
	public LockSettings {
		check("lease", lease, LockRequest.SHORTEST_LEASE);
		check("max-wait", maxWait, Duration.ZERO);
		if (maxHold != null) {
			check("max-hold", maxHold, LockRequest.SHORTEST_LEASE);
		}
	}

	private static void check(String setting, Duration value, Duration least) {
		if (value.compareTo(least) < 0) {
			throw new InvalidSettingException(setting,
					"is %s, which is less than %d ms".formatted(value, least.toMillis()),
					least.isZero() ? "Write 0s to try once."
							: "A safety margin of 1 % and 50 ms is taken from it; write some seconds.");
		}
		if (value.compareTo(LockRequest.LONGEST) > 0) {
			throw new InvalidSettingException(setting, "is %s, which is more than a year".formatted(value),
					"Write a shorter one.");
		}
	}

}
