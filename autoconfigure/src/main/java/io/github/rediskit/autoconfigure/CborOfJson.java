package io.github.rediskit.autoconfigure;

import java.lang.reflect.Type;

import io.github.rediskit.codec.JsonValueCodecs;
import io.github.rediskit.codec.ValueCodec;
import io.github.rediskit.codec.ValueCodecs;

/**
 * Values as CBOR, by what writes JSON. Nothing of it is loaded before a cache asks for
 * it.
 *
 * @param json what writes JSON
 */
record CborOfJson(ValueCodecs json) implements ValueCodecs {

	@Override
	public <V> ValueCodec<V> codec(Type declaredType) {
		if (this.json instanceof JsonValueCodecs ours) {
			return ours.asCbor().codec(declaredType);
		}
		throw new IllegalArgumentException("values can't be written as CBOR, because the application has "
				+ "a bean of type ValueCodecs, which decides the format: leave rediskit.cache.*.format out");
	}

}
