package io.github.rediskit.cache;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Puts what the method returns into a cache: write-through. The method always runs. It is
 * announced before, which cancels loads under way and announcements before it; so of
 * several changes at the same time none but the last announced can be stored, and all
 * others remove the entry. The cache never ends with an older value than the database.
 *
 * <p>
 * A method that throws changes nothing. Within a transaction that the method joins, the
 * entry is removed when that is committed. If Redis can't be reached, the old entry is
 * removed as soon as it is back.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface CacheUpdate {

	/**
	 * Name of the cache.
	 * @return the name
	 */
	String value();

	/**
	 * The key of the entry, as in {@link Cached#key()}. With {@code #result}, which is
	 * not known before the method, nothing can be announced: the entry is then removed.
	 * @return a SpEL expression; empty for all arguments
	 */
	String key() default "";

	/**
	 * How long the entry lives, as in {@link Cached#ttl()}.
	 * @return a duration, or a SpEL expression that yields one; empty for the cache's
	 * setting
	 */
	String ttl() default "";

	/**
	 * Whether the cache is concerned at all. It is evaluated before the method, without
	 * {@code #result}.
	 * @return a SpEL expression that yields a boolean; empty for yes
	 */
	String condition() default "";

	/**
	 * Whether the value is kept out of the cache. The old entry is removed then.
	 * @return a SpEL expression that yields a boolean and may use {@code #result}; empty
	 * for no
	 */
	String unless() default "";

	/**
	 * Tags by which the entry can be removed, as in {@link Cached#tags()}.
	 * @return SpEL expressions
	 */
	String[] tags() default {};

}
