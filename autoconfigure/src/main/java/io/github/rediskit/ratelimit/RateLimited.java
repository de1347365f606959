package io.github.rediskit.ratelimit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method only as often as a policy allows. A call that is refused does not reach
 * the method: it fails with a {@link RateLimitExceededException}, or is answered by the
 * {@link #fallback()}.
 *
 * <p>
 * A {@code CompletableFuture}, {@code Mono} or {@code Flux} is charged without blocking,
 * the latter two at each subscription, and fails instead of the call. A permit of a
 * concurrency policy is held until the method, or what it returned, has ended, failed or
 * been cancelled. If a method has several of these annotations, they are asked in order;
 * what was charged is given back if a later one refuses.
 *
 * <p>
 * Expressions are SpEL with the arguments as {@code #name}, {@code #root.args},
 * {@code #root.method} and {@code #root.target}. Placeholders {@code ${…}} are resolved
 * in every text.
 *
 * <p>
 * It is advice of a Spring proxy: calls within the same object are not limited.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(RateLimited.All.class)
@Documented
public @interface RateLimited {

	/**
	 * Name of the policy, which is {@code rediskit.rate-limit.policies.<name>} or defined
	 * here by {@link #limit()} and {@link #period()}.
	 * @return the name: letters, digits, {@code -}, {@code _} and {@code .}
	 */
	String value();

	/**
	 * Who or what is limited, such as {@code #user}.
	 * @return a SpEL expression that does not yield {@code null}; empty if all calls
	 * share the limit
	 */
	String key() default "";

	/**
	 * What a call costs, such as {@code #rows / 1000}.
	 * @return a SpEL expression that yields a whole number, below 1 it counts as 1; empty
	 * for 1
	 */
	String cost() default "";

	/**
	 * A method of the same class that answers a call that is refused. It has the same
	 * parameters, and may have a {@link RateLimitExceededException} or a
	 * {@link RateLimitDecision} as one more at the end; what it returns fits what the
	 * method returns. It is called on the bean itself: annotations on it have no effect.
	 * An outage does not lead to it.
	 * @return the method's name; empty to throw the exception
	 */
	String fallback() default "";

	/**
	 * How many calls are allowed in a {@link #period()}, instead of a configured policy:
	 * a token bucket of that size.
	 * @return at least 1; 0 if the policy is configured
	 */
	long limit() default 0;

	/**
	 * The time of the {@link #limit()}.
	 * @return a duration such as {@code 1m} or {@code PT1M}, or a SpEL expression without
	 * arguments that yields one; empty if the policy is configured
	 */
	String period() default "";

	/**
	 * How long a caller waits instead of being refused, instead of the policy's
	 * {@code max-wait}.
	 * @return a duration such as {@code 2s}, at most one hour, {@code 0s} for not at all,
	 * or a SpEL expression that yields one; empty for the policy's setting
	 */
	String maxWait() default "";

	/**
	 * Several limits of one method.
	 */
	@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@interface All {

		/**
		 * The limits.
		 * @return the limits, in the order in which they are asked
		 */
		RateLimited[] value();

	}

}
