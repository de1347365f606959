package io.github.rediskit.cache;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A cache in Redis that loads what it lacks: once per key over all instances. It does not
 * promise to keep anything, and it never fails because Redis is away: then it loads.
 *
 * <p>
 * Within a transaction an invalidation waits for the commit, and a {@code put} becomes
 * one. Until then the transaction itself loads such a key, without storing it.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface ReadThroughCache<K, V> {

	/**
	 * The value of a key, loaded in the caller's thread if it is in no cache. Callers
	 * that miss together share one load and, if it fails, its exception.
	 * @param key the key
	 * @param loader what loads the value; {@code null} means that there is none
	 * @return the value
	 * @throws CacheWaitException if another instance is loading for too long and the
	 * cache's settings say to fail then
	 * @throws CacheLoadTimeoutException if the load takes longer than the cache's hard
	 * timeout and there is no old value
	 */
	@Nullable V get(K key, Function<? super K, ? extends @Nullable V> loader);

	/**
	 * The value of a key, without blocking.
	 * @param key the key
	 * @param loader what starts the load; it must not block
	 * @return completed with the value
	 */
	CompletionStage<@Nullable V> getAsync(K key,
			Function<? super K, ? extends CompletionStage<? extends @Nullable V>> loader);

	/**
	 * The values of several keys: what is not cached is loaded by one call of the loader,
	 * in the caller's thread.
	 * @param keys the keys
	 * @param loader what loads the values of the keys it is given; a key that it leaves
	 * out has none, which is remembered as a {@code null} is
	 * @return the values in the order of the keys, without those that have none
	 * @throws CacheWaitException if another instance is loading for too long and the
	 * cache's settings say to fail then
	 * @throws CacheLoadTimeoutException if the load takes longer than the cache's hard
	 * timeout and there is no old value
	 */
	Map<K, V> getAll(Collection<K> keys,
			Function<? super Collection<K>, ? extends Map<K, ? extends @Nullable V>> loader);

	/**
	 * The value of a key if it is cached.
	 * @param key the key
	 * @return the value; empty if there is none, or a {@code null} is cached, or Redis is
	 * away
	 */
	Optional<V> getIfPresent(K key);

	/**
	 * Replaces the value of a key and cancels loads of it. If Redis is away the old entry
	 * is removed as soon as it is back.
	 * @param key the key
	 * @param value the new value
	 */
	void put(K key, V value);

	/**
	 * Removes the value of a key and cancels loads of it.
	 * @param key the key
	 */
	void invalidate(K key);

	/**
	 * Removes all values that were tagged so by the methods that loaded them, in two
	 * steps whatever their number, and cancels all loads that may be concerned.
	 * @param tag the tag
	 */
	void invalidateTag(String tag);

	/**
	 * Removes all values whose keys match a glob, and cancels loads of them. Values are
	 * found by walking through all keys of the database, twice, without rushing Redis;
	 * the call waits until it is over. Prefer {@link #invalidateTag}, which takes two
	 * steps.
	 *
	 * <p>
	 * A key is matched as a whole, as people read it: {@code user:*} fits the text
	 * {@code "user:1"}; {@code 4?} fits the number 42 as well as the text {@code "42"};
	 * {@code (a,*)} fits several arguments of which the first is {@code "a"}. {@code *}
	 * stands for any characters, {@code ?} for one, everything else for itself. Keys of
	 * more than 240 characters, which are kept as digests, are not found, unless the glob
	 * is {@code *}: that is {@link #invalidateAll()}. If Redis is lost on the way all
	 * values are removed when it is back.
	 * @param glob which keys
	 * @throws IllegalArgumentException if the glob is empty or has control characters
	 */
	void invalidateMatching(String glob);

	/**
	 * Removes all values, in one step whatever their number, and cancels all loads.
	 */
	void invalidateAll();

}
