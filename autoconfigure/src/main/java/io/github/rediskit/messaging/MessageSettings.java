package io.github.rediskit.messaging;

import java.time.Duration;

import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one stream or queue.
 *
 * @param key its key in Redis as it stands; {@code null} for one that is made of the name
 * @param maxLength how many messages there may be
 * @param deadLetterMaxLength about how many dead letters are kept; 0 for none: who is
 * given up is gone
 * @param claimIdle after which silence of its consumer a message is taken over
 * @param idempotency for how long the ids of handled messages are remembered; 0 for not
 * at all
 * @param storage how messages are stored
 */
public record MessageSettings(@Nullable String key, long maxLength, long deadLetterMaxLength, Duration claimIdle,
		Duration idempotency, Storage storage) {

	private static final Duration SHORTEST_IDLE = Duration.ofMillis(200);

	private static final Duration LONGEST = Duration.ofDays(365);

	/** What holds where nothing else is said. */
	public static final MessageSettings DEFAULTS = new MessageSettings(null, 1_000_000, 10_000, Duration.ofSeconds(30),
			Duration.ZERO, new Storage(1 << 20, -1, null));

	/**
	 * Checks the settings.
	 * @throws InvalidSettingException if one of them can't work
	 */
	public MessageSettings {
		if (key != null) {
			MessageKeys.requirePossible(key);
		}
		if (maxLength < 1) {
			throw new InvalidSettingException("max-length", "is " + maxLength,
					"Write how many messages there may be, such as 1000000; there is no endless stream.");
		}
		if (deadLetterMaxLength < 0) {
			throw new InvalidSettingException("dead-letter-max-length", "is negative",
					"Write how many dead letters are kept, 0 for none.");
		}
		if (claimIdle.compareTo(SHORTEST_IDLE) < 0 || claimIdle.compareTo(LONGEST) > 0) {
			throw new InvalidSettingException("claim-idle", "is " + claimIdle,
					"Write after which silence of its consumer a message is taken over, from 200ms to 365d: "
							+ "it is also for how long the pauses of an instance go unnoticed.");
		}
		if (idempotency.isNegative() || idempotency.compareTo(LONGEST) > 0) {
			throw new InvalidSettingException("idempotency", "is " + idempotency,
					"Write for how long ids of handled messages are remembered, up to 365d; 0s for not at all.");
		}
		if (storage.maxSize() < 1) {
			throw new InvalidSettingException("max-size", "is not positive",
					"Write how large a message may be, such as 1MB.");
		}
	}

	/**
	 * The same with another silence.
	 * @param silence after which a message is taken over
	 * @return the settings
	 */
	public MessageSettings withClaimIdle(Duration silence) {
		return new MessageSettings(this.key, this.maxLength, this.deadLetterMaxLength, silence, this.idempotency,
				this.storage);
	}

	/**
	 * How messages are stored.
	 *
	 * @param maxSize how large a message may be as it is stored, in bytes
	 * @param compressFrom from how many bytes on it is compressed; negative for never
	 * @param encryptionKey the id of the key that it is encrypted with; {@code null} for
	 * not at all
	 */
	public record Storage(long maxSize, long compressFrom, @Nullable String encryptionKey) {
	}

}
