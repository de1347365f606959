package io.github.rediskit.cache;

/**
 * The caches of this application, for use without annotations. Both ways see the same
 * entries.
 */
public interface Caches {

	/**
	 * A cache of values of one type.
	 * @param <K> the type of its keys: anything of which a key can be made
	 * @param <V> the type of its values
	 * @param name the name of the cache
	 * @param valueType the class of its values, as methods that share the cache declare
	 * it
	 * @return the cache
	 * @throws IllegalArgumentException if the name or the type is not possible
	 */
	<K, V> ReadThroughCache<K, V> cache(String name, Class<V> valueType);

}
