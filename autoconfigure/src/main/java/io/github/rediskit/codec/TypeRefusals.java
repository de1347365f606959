package io.github.rediskit.codec;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;

import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonTypeIdResolver;
import tools.jackson.databind.ser.jdk.JDKKeySerializers;

/**
 * Types that could be written but not be read back as what they were, each with what to
 * declare instead.
 */
final class TypeRefusals {

	private static final List<Class<?>> ONCE_ONLY = List.of(BaseStream.class, Iterator.class, InputStream.class,
			Reader.class, Future.class, Flow.Publisher.class);

	private TypeRefusals() {
	}

	static void refuseIfUnreadable(Class<?> raw, String where) {
		if (raw == Object.class) {
			throw new UnsupportedValueTypeException(("%s is declared as Object, or without its type arguments, and "
					+ "would be read back as a map, list, text or number: declare the type that is returned")
				.formatted(where));
		}
		if (ONCE_ONLY.stream().anyMatch((type) -> type.isAssignableFrom(raw))) {
			throw new UnsupportedValueTypeException(
					"%s is a %s, which can be read only once and so can't be cached: return a list or an array"
						.formatted(where, raw.getName()));
		}
	}

	static void refuseIfUnfaithful(Class<?> raw, String where) {
		if (!PlatformTypes.isFaithful(raw)) {
			throw new UnsupportedValueTypeException(
					"%s is a %s, of which JSON would lose a part: use a java.time type, a text or a record instead"
						.formatted(where, raw.getName()));
		}
	}

	static void refuseIfAbstract(Class<?> raw, String where) {
		if (Modifier.isAbstract(raw.getModifiers()) && !raw.isAnnotationPresent(JsonDeserialize.class)
				&& !raw.isAnnotationPresent(JsonTypeIdResolver.class)) {
			throw new UnsupportedValueTypeException(("%s is a %s, which is abstract: what class to read back is not "
					+ "known. Return a record or class, or seal the type")
				.formatted(where, raw.getName()));
		}
	}

	/** A class that adds fields to a list or map is written without them. */
	static void refuseIfMoreThanElements(Class<?> raw, List<Field> fields) {
		Class<?> parent = raw;
		while (parent != null && !PlatformTypes.contain(parent)) {
			parent = parent.getSuperclass();
		}
		boolean extended = parent != null && parent != raw && !Modifier.isAbstract(parent.getModifiers())
				&& (Collection.class.isAssignableFrom(parent) || Map.class.isAssignableFrom(parent));
		if (extended && !fields.isEmpty()) {
			throw new UnsupportedValueTypeException("%s.%s is left out of its JSON, which has only the elements: hold "
				.formatted(raw.getName(), fields.get(0).getName()) + "the collection in a record instead");
		}
	}

	/** What is written by toString() is seldom what a constructor understands. */
	static void refuseIfNoKey(Class<?> raw, ValueSerializer<?> serializer, String where) {
		boolean byToString = serializer.getClass().getEnclosingClass() == JDKKeySerializers.class;
		if (byToString && !raw.isEnum() && !PlatformTypes.isText(raw)) {
			throw new UnsupportedValueTypeException(("%s has keys of type %s, which JSON can't read back: "
					+ "use text, numbers, enums, UUIDs or java.time values")
				.formatted(where, raw.getName()));
		}
	}

}
