package io.github.rediskit.codec;

import java.util.Set;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.databind.ser.std.DelegatingSerializer;
import tools.jackson.databind.ser.std.ToEmptyObjectSerializer;

/**
 * Refuses to write objects of classes that the declared type does not mention, wherever
 * they are in a value: an undeclared subclass would be read back as its parent, if at
 * all.
 */
final class DeclaredClasses extends ValueSerializerModifier {

	private static final long serialVersionUID = 1L;

	static ObjectWriter only(Set<Class<?>> classes, ObjectWriter writer) {
		return writer.withAttribute(DeclaredClasses.class, classes);
	}

	@Override
	public ValueSerializer<?> modifySerializer(SerializationConfig config, BeanDescription.Supplier description,
			ValueSerializer<?> serializer) {
		boolean byFields = serializer instanceof BeanSerializerBase || serializer instanceof ToEmptyObjectSerializer;
		return byFields ? new DeclaredOnlySerializer(serializer) : serializer;
	}

	/** Writes the fields of an object, if its class is declared. */
	static final class DeclaredOnlySerializer extends DelegatingSerializer {

		DeclaredOnlySerializer(ValueSerializer<?> fields) {
			super(fields);
		}

		@Override
		protected ValueSerializer<Object> newDelegatingInstance(ValueSerializer<?> fields) {
			return new DeclaredOnlySerializer(fields);
		}

		@Override
		public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
			require(value.getClass(), context);
			super.serialize(value, generator, context);
		}

		@Override
		public void serializeWithType(Object value, JsonGenerator generator, SerializationContext context,
				TypeSerializer typeSerializer) {
			require(value.getClass(), context);
			super.serializeWithType(value, generator, context, typeSerializer);
		}

		private static void require(Class<?> type, SerializationContext context) {
			if (context.getAttribute(DeclaredClasses.class) instanceof Set<?> declared && !declared.contains(type)) {
				throw new CodecException("A %s would be read back as what it is declared as: ".formatted(type.getName())
						+ "declare this class where it is returned, or seal its parent", null);
			}
		}

	}

}
