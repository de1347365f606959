package io.github.rediskit.codec;

import java.time.ZoneId;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * Keys of maps that do not say what keys they have. A text stands as it is, and any other
 * key after its class: {@code @java.lang.Long 42}. A text that begins with {@code @} has
 * one more. Which classes there may be is decided as it is for values.
 */
final class AnyKeys {

	private AnyKeys() {
	}

	private static AttributeTypeNames names(AttributeTypes types, DatabindContext context) {
		return new AttributeTypeNames(types, context.constructType(Object.class));
	}

	private static boolean isKey(Class<?> type) {
		return type.isEnum() || PlatformTypes.isText(type);
	}

	/** Writes keys. */
	static final class Writer extends ValueSerializer<Object> {

		private final AttributeTypes types;

		Writer(AttributeTypes types) {
			this.types = types;
		}

		@Override
		public void serialize(Object key, JsonGenerator generator, SerializationContext context) {
			if (key instanceof String text) {
				generator.writeName(text.startsWith("@") ? "@" + text : text);
				return;
			}
			Class<?> type = (key instanceof Enum<?> constant) ? constant.getDeclaringClass() : key.getClass();
			String name = names(this.types, context).idFromValue(context, key);
			if (!isKey(type) && !(key instanceof ZoneId)) {
				throw new CodecException(
						("A map has keys of type %s, which can't be read back: use texts, numbers, enums, UUIDs or "
								+ "java.time values")
							.formatted(type.getName()),
						null);
			}
			generator.writeName("@" + name + " " + text(key));
		}

		private static String text(Object key) {
			return (key instanceof Enum<?> constant) ? constant.name()
					: (key instanceof Locale locale) ? PlatformModule.tag(locale) : key.toString();
		}

	}

	/** Reads keys. */
	static final class Reader extends KeyDeserializer {

		private final AttributeTypes types;

		Reader(AttributeTypes types) {
			this.types = types;
		}

		@Override
		public @Nullable Object deserializeKey(String key, DeserializationContext context) {
			if (!key.startsWith("@")) {
				return key;
			}
			if (key.startsWith("@@")) {
				return key.substring(1);
			}
			int blank = key.indexOf(' ');
			if (blank < 0) {
				throw new CodecException("A key of a map has no type", null);
			}
			JavaType type = names(this.types, context).typeFromId(context, key.substring(1, blank));
			if (!isKey(type.getRawClass())) {
				throw new CodecException("A key of a map has a type that is not one of keys", null);
			}
			return context.findKeyDeserializer(type, null).deserializeKey(key.substring(blank + 1), context);
		}

	}

}
