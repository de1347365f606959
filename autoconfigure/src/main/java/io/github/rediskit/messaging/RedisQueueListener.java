package io.github.rediskit.messaging;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method handles the messages of a queue: each at least once, by one instance, after
 * which it is removed. Its parameters and what it returns are as those of a
 * {@link RedisStreamListener}.
 * <p>
 * In each text <code>${…}</code> is resolved. What is not said here is said by
 * {@code rediskit.messaging.queues.<name>}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(RedisQueueListener.Several.class)
public @interface RedisQueueListener {

	/**
	 * The name of the queue.
	 * @return letters, digits, dots, dashes and underscores
	 */
	String value();

	/**
	 * Names the listener in this application: to stop it, in logs and threads.
	 * @return the id; by default the name of the queue
	 */
	String id() default "";

	/**
	 * How many calls there may be at once in this instance.
	 * @return a number; by default 1
	 */
	String concurrency() default "";

	/**
	 * The name of the consumer in Redis. Two that run at once must not have the same.
	 * @return the name; by default one that is drawn at the start
	 */
	String consumer() default "";

	/**
	 * How many messages a call gets at most, if it takes a list of them.
	 * @return a number; by default 100
	 */
	String batchSize() default "";

	/**
	 * When a message is removed.
	 * @return after it was handled, or before
	 */
	AckMode ackMode() default AckMode.AFTER;

	/**
	 * How often a message is tried.
	 * @return a number, at least 1
	 */
	String maxAttempts() default "";

	/**
	 * How long after the first failure a message is tried again.
	 * @return a duration such as {@code 1s}
	 */
	String backoff() default "";

	/**
	 * After which silence of its consumer a message is taken over.
	 * @return a duration such as {@code 30s}
	 */
	String claimIdle() default "";

	/**
	 * Failures after which a message is tried again; by default all.
	 * @return their classes
	 */
	Class<? extends Throwable>[] retryFor() default {};

	/**
	 * Failures after which a message becomes a dead letter at once.
	 * @return their classes
	 */
	Class<? extends Throwable>[] noRetryFor() default {};

	/**
	 * The name of a bean of Spring's type {@code RetryPolicy}, which decides instead of
	 * {@link #maxAttempts()}, {@link #backoff()}, {@link #retryFor()} and
	 * {@link #noRetryFor()}.
	 * @return the name; nothing for none
	 */
	String retryPolicy() default "";

	/**
	 * Whether it starts with the application.
	 * @return {@code true} or {@code false}; by default it does
	 */
	String autoStartup() default "";

	/**
	 * Several of them on one method.
	 */
	@Documented
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Several {

		/**
		 * The annotations.
		 * @return the annotations
		 */
		RedisQueueListener[] value();

	}

}
