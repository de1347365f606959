package io.github.rediskit.codec;

import java.lang.reflect.Type;

/**
 * Makes codecs for declared types.
 */
@FunctionalInterface
public interface ValueCodecs {

	/**
	 * The codec of a type.
	 * @param <V> the type of the values
	 * @param declaredType the type, with its generics
	 * @return its codec, which may be kept and shared
	 * @throws UnsupportedValueTypeException if values of the type could not be read back
	 */
	<V> ValueCodec<V> codec(Type declaredType);

}
