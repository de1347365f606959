package io.github.rediskit.messaging;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method handles the messages of a stream, for a group: each message at least once,
 * by one instance. A message that it throws an exception for is tried again later, then
 * becomes a dead letter.
 * <p>
 * It has a parameter for the message, of any type that JSON can become, or a {@code List}
 * of that type to get several at once; and, if it likes, a {@link MessageInfo} and a
 * {@code Map<String, String>} of the record's fields, which are lists too if several come
 * at once. It returns nothing, or a {@code CompletionStage} or a {@code Mono}, and the
 * message is handled when that has ended.
 * <p>
 * In each text <code>${…}</code> is resolved. What is not said here is said by
 * {@code rediskit.messaging.streams.<name>}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(RedisStreamListener.Several.class)
public @interface RedisStreamListener {

	/**
	 * The name of the stream.
	 * @return letters, digits, dots, dashes and underscores
	 */
	String stream();

	/**
	 * The name of the group, among whose consumers the messages are shared. Each group
	 * gets all messages.
	 * @return letters, digits, dots, dashes and underscores
	 */
	String group();

	/**
	 * Names the listener in this application: to stop it, in logs and threads.
	 * @return the id; by default the stream, a dot, and the group
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
	 * When a message is acknowledged.
	 * @return after it was handled, or before
	 */
	AckMode ackMode() default AckMode.AFTER;

	/**
	 * Where the group begins that does not exist yet.
	 * @return at the oldest message, or with new ones
	 */
	StartFrom startFrom() default StartFrom.OLDEST;

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
		RedisStreamListener[] value();

	}

}
