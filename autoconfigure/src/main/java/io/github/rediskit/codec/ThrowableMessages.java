package io.github.rediskit.codec;

import java.lang.reflect.Constructor;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.type.WritableTypeId;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;

/**
 * Exceptions by their messages. Form log-ins keep the last failure in the session, for
 * the page to show; where it happened and why is in the log of who saw it.
 */
final class ThrowableMessages {

	private static final String MESSAGE = "message";

	private ThrowableMessages() {
	}

	/** Writes the message. */
	static final class Writer extends ValueSerializer<Throwable> {

		@Override
		public void serialize(Throwable value, JsonGenerator generator, SerializationContext context) {
			generator.writeStartObject();
			generator.writeStringProperty(MESSAGE, value.getMessage());
			generator.writeEndObject();
		}

		@Override
		public void serializeWithType(Throwable value, JsonGenerator generator, SerializationContext context,
				TypeSerializer types) {
			WritableTypeId type = types.writeTypePrefix(generator, context,
					types.typeId(value, JsonToken.START_OBJECT));
			generator.writeStringProperty(MESSAGE, value.getMessage());
			types.writeTypeSuffix(generator, context, type);
		}

	}

	/** Makes an exception of the same class with the same message. */
	static final class Reader extends ValueDeserializer<Throwable> {

		private final Class<?> type;

		Reader(Class<?> type) {
			this.type = type;
		}

		@Override
		public Throwable deserialize(JsonParser parser, DeserializationContext context) {
			JsonNode message = context.readTree(parser).get(MESSAGE);
			return make((message != null && message.isString()) ? message.stringValue() : null);
		}

		private Throwable make(@Nullable String message) {
			try {
				Constructor<?> constructor = this.type.getConstructor(String.class);
				Throwable made = (Throwable) constructor.newInstance(message);
				made.setStackTrace(new StackTraceElement[0]);
				return made;
			}
			catch (ReflectiveOperationException ex) {
				throw new CodecException("A %s can't be made of its message: it needs a public constructor with it"
					.formatted(this.type.getName()), null);
			}
		}

	}

}
