package io.github.rediskit.spring;

import java.time.Duration;
import java.util.List;

import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.messaging.AckMode;
import io.github.rediskit.messaging.MessageHandler;
import io.github.rediskit.messaging.StartFrom;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code @RedisStreamListener} or {@code @RedisQueueListener} on a method says.
 * What it does not say is {@code null}.
 *
 * @param id names the listener
 * @param queue whether it listens to a queue
 * @param name the stream or queue
 * @param group the group; of a queue nothing
 * @param consumer the consumer's name
 * @param concurrency how many calls at once
 * @param batchSize how many messages a call gets at most
 * @param ackMode when messages are acknowledged
 * @param startFrom where a new group begins
 * @param maxAttempts how often a message is tried
 * @param backoff how long after a failure
 * @param claimIdle after which silence a message is taken over
 * @param retryFor failures after which a message is tried again; empty for all
 * @param noRetryFor failures after which it is not
 * @param retryPolicy the name of a bean that decides
 * @param autoStartup whether it starts with the application
 * @param method the method
 */
public record ListenerDefinition(String id, boolean queue, String name, String group, @Nullable String consumer,
		int concurrency, int batchSize, AckMode ackMode, StartFrom startFrom, @Nullable Integer maxAttempts,
		@Nullable Duration backoff, @Nullable Duration claimIdle, List<Class<? extends Throwable>> retryFor,
		List<Class<? extends Throwable>> noRetryFor, @Nullable String retryPolicy, boolean autoStartup,
		ListenerMethod method) {

	/**
	 * What calls the method of a bean.
	 * @param bean the bean, which may be a proxy
	 * @param codecs read messages
	 * @return the handler
	 * @throws InvalidAnnotationException if it can't be called
	 */
	public MessageHandler handler(Object bean, MessageCodecs codecs) {
		return this.method.handler(bean, codecs);
	}

	/**
	 * Says that the annotation can't work.
	 * @param problem what is wrong, and what to write instead
	 * @return the exception, which names the method
	 */
	public InvalidAnnotationException invalid(String problem) {
		return this.method.invalid(problem);
	}

	/**
	 * Which method it is on.
	 * @return the bean's class and the method's name
	 */
	public String place() {
		return this.method.place();
	}

}
