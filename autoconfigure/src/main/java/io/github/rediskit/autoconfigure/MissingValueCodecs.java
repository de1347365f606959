package io.github.rediskit.autoconfigure;

import java.lang.reflect.Type;

import io.github.rediskit.codec.ValueCodec;
import io.github.rediskit.codec.ValueCodecs;

/**
 * Says what is missing as soon as a value is to be cached.
 */
final class MissingValueCodecs implements ValueCodecs {

	@Override
	public <V> ValueCodec<V> codec(Type declaredType) {
		throw new IllegalArgumentException("values can't be written, because Jackson is not on the classpath: "
				+ "add the dependency tools.jackson.core:jackson-databind, or a bean of type ValueCodecs");
	}

}
