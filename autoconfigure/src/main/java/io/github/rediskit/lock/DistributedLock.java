package io.github.rediskit.lock;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method only while holding a lock that all instances share. A call that does not
 * get it does not reach the method: it fails with a {@link LockNotAcquiredException}, is
 * skipped, or is answered by the {@link #fallback()}.
 *
 * <p>
 * The lock is held until the method, or the {@code CompletableFuture}, {@code Mono} or
 * {@code Flux} that it returned, has ended, and inside a transaction until that is over.
 * A parameter of type {@link LockContext} is filled in.
 *
 * <p>
 * Expressions are SpEL with the arguments as {@code #name}, {@code #root.args},
 * {@code #root.method} and {@code #root.target}. Placeholders {@code ${…}} are resolved
 * in every text.
 *
 * <p>
 * It is advice of a Spring proxy: calls within the same object are not locked.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface DistributedLock {

	/**
	 * Name of the lock.
	 * @return the name: letters, digits, {@code -}, {@code _} and {@code .}
	 */
	String value();

	/**
	 * Which of the locks of that name, such as {@code #orderId}.
	 * @return a SpEL expression that does not yield {@code null}; empty if the name alone
	 * is the lock
	 */
	String key() default "";

	/**
	 * How long a caller waits for the lock, with {@link IfHeld#WAIT}.
	 * @return a duration such as {@code 2s}, or a SpEL expression that yields one; empty
	 * for {@code rediskit.lock.max-wait}
	 */
	String maxWait() default "";

	/**
	 * How long the lock is held at most. It is not renewed.
	 * @return a duration such as {@code 10s}, or a SpEL expression that yields one; empty
	 * to hold it by a renewed lease until the method ends
	 */
	String lease() default "";

	/**
	 * What to do when somebody else holds the lock.
	 * @return to wait, to fail or to skip the call
	 */
	IfHeld ifHeld() default IfHeld.WAIT;

	/**
	 * How long the lock is held at least, even if the method ends before: so that a
	 * scheduled job that is quick runs once, although the clocks of the instances differ.
	 * @return a duration such as {@code 30s}, or a SpEL expression that yields one; empty
	 * for no longer than the method runs
	 */
	String atLeast() default "";

	/**
	 * What to do when the lock is lost while the method runs.
	 * @return to interrupt the call, or to mark the lock as lost only
	 */
	OnLost onLost() default OnLost.INTERRUPT;

	/**
	 * A method of the same class that answers a call that did not get the lock. It has
	 * the same parameters, and may have a {@link LockNotAcquiredException} as one more at
	 * the end.
	 * @return the method's name; empty to throw the exception
	 */
	String fallback() default "";

}
