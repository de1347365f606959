package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.github.rediskit.autoconfigure.MessagingProperties.Messages;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.messaging.MessageSettings;
import io.github.rediskit.messaging.RedisMessaging;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

/**
 * The settings of each stream and queue, checked.
 */
final class ConfiguredMessages implements RedisMessaging.Settings {

	private static final String PREFIX = "rediskit.messaging.";

	private static final Duration LONGEST_BACKOFF = Duration.ofDays(365);

	private static final double MOST_MULTIPLIED = 1_000;

	private final Map<String, Configured> streams = new HashMap<>();

	private final Map<String, Configured> queues = new HashMap<>();

	private final Configured unsaid;

	private final EncryptionKeys keys;

	ConfiguredMessages(MessagingProperties properties, EncryptionKeys keys) {
		this.keys = keys;
		properties.streams().forEach((name, settings) -> this.streams.put(name, read("streams", name, settings)));
		properties.queues().forEach((name, settings) -> this.queues.put(name, read("queues", name, settings)));
		Messages unsaid = Messages.unsaid();
		this.unsaid = new Configured(settings(unsaid), unsaid);
	}

	private Configured read(String kind, String name, Messages messages) {
		if (!ConnectionRules.NAME.matcher(name).matches()) {
			throw new InvalidSettingException(PREFIX + kind, "names '" + name + "'",
					"The name of a stream or queue consists of at most 80 letters, digits, dots, dashes and underscores.");
		}
		try {
			checkRetries(messages);
			checkEncryption(keyId(messages));
			return new Configured(settings(messages), messages);
		}
		catch (InvalidSettingException ex) {
			throw ex.within(PREFIX + kind + "." + name);
		}
	}

	private static void checkRetries(Messages messages) {
		if (messages.maxAttempts() < 1) {
			throw new InvalidSettingException("max-attempts", "is " + messages.maxAttempts(),
					"Write how often a message is tried, at least 1.");
		}
		if (messages.backoff().isNegative() || messages.backoff().compareTo(LONGEST_BACKOFF) > 0) {
			throw new InvalidSettingException("backoff", "is " + messages.backoff(),
					"Write how long after a failure a message is tried again, such as 1s.");
		}
		if (!(messages.multiplier() >= 1) || messages.multiplier() > MOST_MULTIPLIED) {
			throw new InvalidSettingException("multiplier", "is " + messages.multiplier(),
					"Write by what the back-off grows with each attempt, from 1 for not at all to 1000.");
		}
		if (messages.maxBackoff().compareTo(messages.backoff()) < 0
				|| messages.maxBackoff().compareTo(LONGEST_BACKOFF) > 0) {
			throw new InvalidSettingException("max-backoff", "is " + messages.maxBackoff(),
					"Write at least the back-off, and at most 365d.");
		}
	}

	private void checkEncryption(@Nullable String key) {
		if (key != null && !this.keys.ids().contains(key)) {
			throw new InvalidSettingException("encryption.key-id", "names no key under rediskit.encryption.keys",
					this.keys.ids().isEmpty() ? "Set rediskit.encryption.keys.<id>. " + EncryptionProperties.ADVICE
							: "There are: " + String.join(", ", this.keys.ids()) + ".");
		}
	}

	private static @Nullable String keyId(Messages messages) {
		String key = messages.encryption().keyId().trim();
		return key.isEmpty() ? null : key;
	}

	private static MessageSettings settings(Messages messages) {
		long compressFrom = messages.compression().enabled() ? Math.max(0, messages.compression().minSize().toBytes())
				: -1;
		return new MessageSettings(messages.key(), messages.maxLength(), messages.deadLetterMaxLength(),
				messages.claimIdle(), messages.idempotency(),
				new MessageSettings.Storage(messages.maxSize().toBytes(), compressFrom, keyId(messages)));
	}

	@Override
	public MessageSettings ofStream(String name) {
		return this.streams.getOrDefault(name, this.unsaid).settings();
	}

	@Override
	public MessageSettings ofQueue(String name) {
		return this.queues.getOrDefault(name, this.unsaid).settings();
	}

	/** What was configured, for what the engine leaves to others to decide. */
	Messages messages(boolean queue, String name) {
		return (queue ? this.queues : this.streams).getOrDefault(name, this.unsaid).messages();
	}

	private record Configured(MessageSettings settings, Messages messages) {
	}

}
