package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/**
 * Settings of messages.
 *
 * @param connection Name of the connection that messages use.
 * @param pubsub Settings of published messages and their listeners.
 * @param streams Settings of single streams, by name.
 * @param queues Settings of single queues, by name.
 */
@ConfigurationProperties(prefix = "rediskit.messaging", ignoreUnknownFields = false)
record MessagingProperties(@DefaultValue("default") String connection,
		@NestedConfigurationProperty @DefaultValue PubSubProperties pubsub, @DefaultValue Map<String, Messages> streams,
		@DefaultValue Map<String, Messages> queues) {

	/**
	 * Settings of one stream or queue.
	 *
	 * @param key The key in Redis as it stands, for a stream or queue that other programs
	 * use too. By default made of the namespace and the name.
	 * @param maxLength How many messages there may be. The oldest of a longer stream are
	 * removed, handled or not; a queue that is full refuses.
	 * @param deadLetterMaxLength How many dead letters are kept.
	 * @param maxAttempts How often a message is tried before it is a dead letter.
	 * @param backoff How long after a failure a message is tried again.
	 * @param multiplier By what that grows with each attempt.
	 * @param maxBackoff How long it gets at most.
	 * @param claimIdle After which silence of its consumer a message is taken over.
	 * @param idempotency For how long the id of a handled message is remembered, so that
	 * it is not handled again; 0 for not at all.
	 * @param maxSize How large a message may be as it is stored.
	 * @param compression Whether messages are compressed.
	 * @param encryption Whether messages are encrypted.
	 */
	record Messages(@Nullable String key, @DefaultValue("1000000") long maxLength,
			@DefaultValue("10000") long deadLetterMaxLength, @DefaultValue("5") int maxAttempts,
			@DefaultValue("1s") Duration backoff, @DefaultValue("2") double multiplier,
			@DefaultValue("1m") Duration maxBackoff, @DefaultValue("30s") Duration claimIdle,
			@DefaultValue("0s") Duration idempotency, @DefaultValue("1MB") DataSize maxSize,
			@DefaultValue Compression compression, @DefaultValue Encryption encryption) {

		/** What holds for a name of which nothing is said. */
		static Messages unsaid() {
			return new Binder(new MapConfigurationPropertySource()).bindOrCreate("nothing", Messages.class);
		}

		/**
		 * Whether messages are compressed.
		 *
		 * @param enabled Whether messages are compressed where that makes them smaller.
		 * @param minSize From which size on that is tried.
		 */
		record Compression(@DefaultValue("false") boolean enabled, @DefaultValue("1KB") DataSize minSize) {
		}

		/**
		 * Whether messages are encrypted.
		 *
		 * @param keyId Which of rediskit.encryption.keys messages are encrypted with;
		 * empty for none.
		 */
		record Encryption(@DefaultValue("") String keyId) {
		}

	}

}
