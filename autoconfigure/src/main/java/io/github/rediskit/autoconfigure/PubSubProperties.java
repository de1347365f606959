package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Map;

import io.github.rediskit.messaging.ListenerOverflow;
import io.github.rediskit.messaging.ListenerSettings;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of published messages and their listeners.
 *
 * @param enabled Whether listeners run in containers of Rediskit. If not, they run in
 * Spring Data's.
 * @param prefixChannels Whether channels have the application's prefix in Redis. If not,
 * they are called as they are given, and other programs can use them.
 * @param sharded Whether channels belong to one shard of a cluster, if there is a cluster
 * that knows this (Redis 7). Publishers and listeners have to agree.
 * @param traceProperty Whether a JSON object is published with one property more at its
 * end, {@code @trace}, which says to which trace it belongs. Listeners of Rediskit take
 * it off in any case.
 * @param concurrency How many channels of one listener are handled at one time.
 * @param queueCapacity How many messages may wait for one listener.
 * @param queueBytes How many bytes the messages that wait for one listener may have.
 * @param overflow Which message is dropped if there are more.
 * @param pingInterval How often a connection for subscriptions is asked whether it still
 * lives.
 * @param pingTimeout How long its answer may take.
 * @param drainTimeout How long a stop waits for messages that were received.
 * @param listeners Settings of single listeners, by the id of their annotation.
 */
record PubSubProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean prefixChannels,
		@DefaultValue("false") boolean sharded, @DefaultValue("false") boolean traceProperty,
		@DefaultValue("4") int concurrency, @DefaultValue("10000") int queueCapacity,
		@DefaultValue("16MB") DataSize queueBytes, @DefaultValue("drop-oldest") ListenerOverflow overflow,
		@DefaultValue("5s") Duration pingInterval, @DefaultValue("2s") Duration pingTimeout,
		@DefaultValue("20s") Duration drainTimeout, @DefaultValue Map<String, Listener> listeners) {

	private static final String PREFIX = "rediskit.messaging.pubsub.";

	private static final int MOST_CONCURRENCY = 1000;

	private static final Duration SHORTEST = Duration.ofMillis(50);

	/** Stops the start if a value can't be meant. */
	void check() {
		atLeast("ping-interval", this.pingInterval, SHORTEST, "A connection is asked every 5s by default.");
		atLeast("ping-timeout", this.pingTimeout, SHORTEST, "The default is 2s.");
		atLeast("drain-timeout", this.drainTimeout, Duration.ZERO, "Write 0 for a stop that does not wait.");
		check("", settings(null));
		this.listeners.keySet().forEach((id) -> check("listeners." + id + ".", settings(id)));
	}

	private static void atLeast(String name, Duration value, Duration least, String advice) {
		if (value.compareTo(least) < 0) {
			throw new InvalidSettingException(PREFIX + name,
					"is %s, which is too short: it is at least %d ms".formatted(value, least.toMillis()), advice);
		}
	}

	private static void check(String where, ListenerSettings settings) {
		if (settings.concurrency() < 1 || settings.concurrency() > MOST_CONCURRENCY) {
			throw new InvalidSettingException(PREFIX + where + "concurrency",
					"is %d, which is not between 1 and %d".formatted(settings.concurrency(), MOST_CONCURRENCY),
					"Messages of one channel are handled one after the other in any case.");
		}
		if (settings.queueCapacity() < 1) {
			throw new InvalidSettingException(PREFIX + where + "queue-capacity",
					"is %d: nothing could ever wait for a listener".formatted(settings.queueCapacity()),
					"Write how many messages may wait, such as 10000.");
		}
		if (settings.queueBytes() < 1) {
			throw new InvalidSettingException(PREFIX + where + "queue-bytes",
					"is %d: nothing could ever wait for a listener".formatted(settings.queueBytes()),
					"Write how many bytes may wait, such as 16MB.");
		}
	}

	/** The settings of a listener, or those of all if nothing else is said about it. */
	ListenerSettings settings(@Nullable String id) {
		Listener own = (id != null) ? this.listeners.getOrDefault(id, Listener.NONE) : Listener.NONE;
		return new ListenerSettings((own.concurrency != null) ? own.concurrency : this.concurrency,
				(own.queueCapacity != null) ? own.queueCapacity : this.queueCapacity,
				((own.queueBytes != null) ? own.queueBytes : this.queueBytes).toBytes(),
				(own.overflow != null) ? own.overflow : this.overflow);
	}

	/**
	 * Settings of one listener. What is left out is as for all.
	 *
	 * @param concurrency How many of its channels are handled at one time.
	 * @param queueCapacity How many messages may wait for it.
	 * @param queueBytes How many bytes the messages that wait for it may have.
	 * @param overflow Which message is dropped if there are more.
	 */
	record Listener(@Nullable Integer concurrency, @Nullable Integer queueCapacity, @Nullable DataSize queueBytes,
			@Nullable ListenerOverflow overflow) {

		private static final Listener NONE = new Listener(null, null, null, null);

	}

}
