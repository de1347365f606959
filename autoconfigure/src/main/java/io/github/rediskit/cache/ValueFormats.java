package io.github.rediskit.cache;

import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.function.Function;

import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.ValueCodecs;
import io.github.rediskit.key.KeyId;

/**
 * How the values of an application's caches become bytes.
 *
 * @param codecs what writes and reads each format
 * @param keys what values are encrypted with
 */
public record ValueFormats(Map<Format, ValueCodecs> codecs, EncryptionKeys keys) {

	public ValueFormats {
		codecs = Map.copyOf(codecs);
	}

	/**
	 * JSON alone, unencrypted.
	 * @param codecs what writes and reads JSON
	 * @return the formats
	 */
	static ValueFormats json(ValueCodecs codecs) {
		return new ValueFormats(Map.of(Format.JSON, codecs), EncryptionKeys.none());
	}

	/**
	 * What the entries of a cache look like. Those of a method that returns {@code long}
	 * are those of one that returns {@code Long}, except that {@code null} is none.
	 */
	<V> EntryFormat<V> format(Type type, CacheSettings.Storage storage, Function<KeyId, byte[]> redisKeys) {
		ValueCodecs available = this.codecs.get(storage.format());
		if (available == null) {
			throw new IllegalArgumentException(
					"values can't be written as %s, because nothing is there that does".formatted(storage.format()));
		}
		boolean primitive = type instanceof Class<?> plain && plain.isPrimitive();
		Type boxed = (type instanceof Class<?> plain) ? MethodType.methodType(plain).wrap().returnType() : type;
		return new EntryFormat<>(available.codec(boxed), !primitive, storage, this.keys, redisKeys);
	}

}
