package io.github.rediskit.cache;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Answers calls of a method from a cache in Redis, and runs the method only on a miss. Of
 * all callers of all instances that miss the same key at the same time, one runs the
 * method; the others wait for its value.
 *
 * <p>
 * The method's declared return type decides how a value is read back: any record, class,
 * sealed type, enum, collection, map, {@code Optional} or JDK value; a
 * {@code CompletableFuture}, {@code Mono} or {@code Flux} by what it yields. Expressions
 * are SpEL with the arguments as {@code #name}, {@code #root.args}, {@code #root.method}
 * and {@code #root.target}. Placeholders {@code ${…}} are resolved in every attribute.
 *
 * <p>
 * It is advice of a Spring proxy: calls within the same object are not cached.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Cached {

	/**
	 * Name of the cache, whose settings are {@code rediskit.cache.caches.<name>}.
	 * @return the name: letters, digits, {@code -}, {@code _} and {@code .}
	 */
	String value();

	/**
	 * What distinguishes one entry from another, such as {@code #id}.
	 * @return a SpEL expression; empty for all arguments
	 */
	String key() default "";

	/**
	 * The parameter that holds several keys, such as {@code #ids}: a {@code Collection},
	 * {@code List} or {@code Set}. What is cached comes in one read, and the method is
	 * called once with the keys that are missing. It returns a {@code Map} by these keys,
	 * or a list and {@link #itemKey()}. The entries are those of a method that returns
	 * the value of one key. All other expressions are evaluated for each value.
	 * @return a SpEL expression that is exactly one parameter; empty for one key
	 */
	String keys() default "";

	/**
	 * The key of one element of the list that the method returns, such as
	 * {@code #item.id}.
	 * @return a SpEL expression over {@code #item}; empty if the method returns a map
	 */
	String itemKey() default "";

	/**
	 * How long an entry lives, instead of the cache's own time.
	 * @return a duration such as {@code 10m} or {@code PT10M}, or a SpEL expression that
	 * yields one and may use {@code #result}; empty for the cache's setting
	 */
	String ttl() default "";

	/**
	 * Whether the call is cached at all. It is evaluated before the method, without
	 * {@code #result}.
	 * @return a SpEL expression that yields a boolean; empty for yes
	 */
	String condition() default "";

	/**
	 * Whether a loaded value is kept out of the cache. It is evaluated after the method
	 * ran.
	 * @return a SpEL expression that yields a boolean and may use {@code #result}; empty
	 * for no
	 */
	String unless() default "";

	/**
	 * Tags by which the entry can be removed together with others of its cache, such as
	 * {@code 'category:' + #result.category}.
	 * @return SpEL expressions that may use {@code #result}; each yields a text, a
	 * number, an enum, a UUID, a collection of these, or {@code null} for none
	 */
	String[] tags() default {};

}
