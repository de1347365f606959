package io.github.rediskit.codec;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.ser.bean.UnwrappingBeanPropertyWriter;

/**
 * What Jackson writes and reads of a class, to be compared with what is in the class.
 */
final class WrittenFields {

	private final SerializationContext writing;

	private final DeserializationContext reading;

	WrittenFields(JsonMapper mapper) {
		this.writing = mapper._serializationContext();
		this.reading = mapper._deserializationContext();
	}

	/**
	 * The names in JSON by the names of the fields. Fields that are not written have
	 * none.
	 * @return the names, {@code null} if the class has a JSON of its own making
	 */
	@Nullable Map<String, String> jsonNames(JavaType type) {
		Collection<Object> read = this.reading.findRootValueDeserializer(type).getKnownPropertyNames();
		ValueSerializer<Object> serializer = this.writing.findValueSerializer(type);
		if (!(serializer instanceof DeclaredClasses.DeclaredOnlySerializer)) {
			return null;
		}
		Set<String> written = new HashSet<>();
		serializer.properties().forEachRemaining((property) -> {
			boolean unwrapped = property instanceof UnwrappingBeanPropertyWriter;
			if (read != null && !unwrapped && !read.contains(property.getName())) {
				throw new UnsupportedValueTypeException(("'%s' of a %s is written to JSON but can't be read back: "
						+ "give the class a constructor with all its fields, or make them not final")
					.formatted(property.getName(), type.toCanonical()));
			}
			written.add(property.getName());
		});
		Map<String, String> names = new HashMap<>();
		for (BeanPropertyDefinition property : this.writing.introspectBeanDescription(type).findProperties()) {
			if (written.contains(property.getName()) || isBackReference(property)) {
				refuseIfOneWay(type, property);
				names.put(property.getInternalName(), property.getName());
			}
		}
		return names;
	}

	/** As a serializer that masks a number does. */
	private void refuseIfOneWay(JavaType type, BeanPropertyDefinition property) {
		AnnotationIntrospector annotations = this.writing.getAnnotationIntrospector();
		AnnotatedMember member = property.getAccessor();
		boolean ownWriter = annotations.findSerializer(this.writing.getConfig(), member) != null
				|| annotations.findSerializationConverter(this.writing.getConfig(), member) != null;
		boolean ownReader = annotations.findDeserializer(this.writing.getConfig(), member) != null
				|| annotations.findDeserializationConverter(this.writing.getConfig(), member) != null;
		if (ownWriter && !ownReader) {
			throw new UnsupportedValueTypeException(("%s.%s has a serializer of its own but no deserializer that "
					+ "understands it: add @JsonDeserialize, or cache a type without this serializer")
				.formatted(type.getRawClass().getName(), property.getInternalName()));
		}
	}

	/** Not written, but restored by who is referred to. */
	private static boolean isBackReference(BeanPropertyDefinition property) {
		return property.findReferenceType() != null && property.findReferenceType().isBackReference();
	}

}
