package io.github.rediskit.cache;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a loader answers.
 *
 * @param <V> the type of the value
 * @param value the value, or {@code null} if there is none
 * @param ttl how long it is kept; {@code null} for as long as the cache's settings say,
 * zero if it is not kept
 * @param tags what it is tagged with
 * @param problem why it can't be kept although it should be; {@code null} if it can
 */
public record Loaded<V>(@Nullable V value, @Nullable Duration ttl, Set<String> tags,
		@Nullable RuntimeException problem) {

	/**
	 * A value that is kept for some time.
	 * @param value the value, or {@code null} if there is none
	 * @param ttl how long it is kept; {@code null} for as long as the cache's settings
	 * say, zero if it is not kept
	 */
	public Loaded(@Nullable V value, @Nullable Duration ttl) {
		this(value, ttl, Set.of(), null);
	}

	/**
	 * A value that is kept for as long as the cache's settings say.
	 * @param <V> the type of the value
	 * @param value the value
	 * @return what was loaded
	 */
	public static <V> Loaded<V> of(@Nullable V value) {
		return new Loaded<>(value, null);
	}

	/**
	 * A value that is for the callers only.
	 * @param <V> the type of the value
	 * @param value the value
	 * @return what was loaded
	 */
	public static <V> Loaded<V> notKept(@Nullable V value) {
		return new Loaded<>(value, Duration.ZERO);
	}

	/**
	 * A value that should be kept, if only it were known how. The caller gets it all the
	 * same.
	 * @param <V> the type of the value
	 * @param value the value
	 * @param problem what is wrong
	 * @return what was loaded
	 */
	public static <V> Loaded<V> notKept(@Nullable V value, RuntimeException problem) {
		return new Loaded<>(value, Duration.ZERO, Set.of(), problem);
	}

}
