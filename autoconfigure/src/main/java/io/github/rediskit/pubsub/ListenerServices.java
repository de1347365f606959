package io.github.rediskit.pubsub;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.rediskit.messaging.ChannelNames;
import io.github.rediskit.messaging.ListenerSettings;
import io.github.rediskit.messaging.MessageTracing;
import io.github.rediskit.messaging.PubSubListener;
import io.github.rediskit.messaging.RedisListenerErrorHandler;

/**
 * What listener containers need from outside.
 *
 * @param settings the settings of each listener, by its id
 * @param channels what channels are called in Redis
 * @param executor runs listeners; as many tasks at one time as are given to it
 * @param errorHandler told of each message that was not handled
 * @param listeners told of what happens, to count it; {@link PubSubListener#gap} comes on
 * a thread that may be blocked for a while
 * @param tracing is around each call of a listener
 * @param drainTimeout how long a stop waits for messages that were received
 * @param clock tells the time
 */
public record ListenerServices(Function<String, ListenerSettings> settings, ChannelNames channels, Executor executor,
		RedisListenerErrorHandler errorHandler, Supplier<List<PubSubListener>> listeners, MessageTracing tracing,
		Duration drainTimeout, Clock clock) {

}
