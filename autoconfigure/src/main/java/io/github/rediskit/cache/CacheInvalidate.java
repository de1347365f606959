package io.github.rediskit.cache;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Removes entries of a cache when the method has returned, or the future or publisher
 * that it returned has ended. A load that is under way on any instance is cancelled with
 * it: its value, which may be older, is never stored. A method that throws removes
 * nothing.
 *
 * <p>
 * When the call returns the entry is gone. If Redis can't be reached, the call returns
 * all the same: this instance serves no such entry, and removes it as soon as Redis is
 * back.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(CacheInvalidate.All.class)
@Documented
public @interface CacheInvalidate {

	/**
	 * Name of the cache.
	 * @return the name
	 */
	String value();

	/**
	 * The key of the entry, as in {@link Cached#key()}.
	 * @return a SpEL expression, which may use {@code #result} if it is evaluated after
	 * the method; empty for all arguments
	 */
	String key() default "";

	/**
	 * The keys of several entries.
	 * @return a SpEL expression that yields a collection or an array of keys; empty for
	 * one key
	 */
	String keys() default "";

	/**
	 * Tags, as in {@link Cached#tags()}: every entry of the cache that has one of them is
	 * removed, in two steps per tag whatever their number.
	 * @return SpEL expressions; none for one key
	 */
	String[] tags() default {};

	/**
	 * Whether every entry of the cache is removed, in one step whatever their number.
	 * @return {@code true} for all entries; then there is no key
	 */
	boolean all() default false;

	/**
	 * Whether to remove before the method runs, even if it then fails.
	 * @return {@code true} for before
	 */
	boolean beforeInvocation() default false;

	/**
	 * Whether anything is removed.
	 * @return a SpEL expression that yields a boolean; empty for yes
	 */
	String condition() default "";

	/**
	 * Several invalidations by one method.
	 */
	@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@interface All {

		/**
		 * The invalidations.
		 * @return the invalidations, in order
		 */
		CacheInvalidate[] value();

	}

}
