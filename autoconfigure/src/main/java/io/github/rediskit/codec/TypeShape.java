package io.github.rediskit.codec;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;

/**
 * The structure of a type as text: the names and types of record components, fields,
 * permitted subclasses and enum constants, all the way down. Two versions of a class with
 * the same text can read each other's values. A type that could not be read back is
 * refused here, when the application starts.
 */
final class TypeShape {

	private static final List<Class<?>> ONCE_ONLY = List.of(BaseStream.class, Iterator.class, InputStream.class,
			Reader.class, Future.class, Flow.Publisher.class);

	private final JsonMapper mapper;

	private final Set<JavaType> seen = new HashSet<>();

	private final StringBuilder text = new StringBuilder();

	TypeShape(JsonMapper mapper) {
		this.mapper = mapper;
	}

	String describe(JavaType root) {
		if (root.getRawClass() == Object.class) {
			throw new UnsupportedValueTypeException("A value declared as Object would be read back as a map, list, "
					+ "text or number: declare the type that is returned");
		}
		append(root);
		return this.text.toString();
	}

	static long digest(String shape) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(shape.getBytes(StandardCharsets.UTF_8));
			return ByteBuffer.wrap(digest).getLong();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * Whether a value would be read back as an instance of another class. JDK types have
	 * many classes with the same meaning, such as lists.
	 */
	static boolean losesItsClass(JavaType declared, Class<?> actual) {
		Class<?> raw = declared.getRawClass();
		return raw != actual && !raw.isPrimitive() && !isOfPlatform(raw) && !raw.isSealed()
				&& !(Enum.class.isAssignableFrom(raw) && raw == actual.getSuperclass())
				&& !raw.isAnnotationPresent(JsonTypeInfo.class) && !raw.isAnnotationPresent(JsonDeserialize.class)
				&& !Collection.class.isAssignableFrom(raw) && !Map.class.isAssignableFrom(raw)
				&& !declared.isReferenceType();
	}

	private void append(JavaType type) {
		Class<?> raw = type.getRawClass();
		this.text.append(raw.getName());
		refuseIfReadableOnlyOnce(raw);
		refuseIfJsonNamesTheClass(raw);
		if (!this.seen.add(type)) {
			return;
		}
		if (type.isContainerType() || type.isReferenceType() || isOfPlatform(raw)) {
			appendParameters(type);
		}
		else if (raw.isEnum()) {
			this.text.append(Arrays.toString(raw.getEnumConstants()));
		}
		else if (raw.isSealed()) {
			appendPermitted(type);
		}
		else if (raw.isRecord()) {
			for (RecordComponent component : raw.getRecordComponents()) {
				refuseIfLeftOut(raw, component.getName(), component.getAccessor());
				appendMember(type, component.getName(), component.getGenericType());
			}
		}
		else {
			refuseIfAbstract(raw);
			appendFields(type, raw);
		}
	}

	private void appendParameters(JavaType type) {
		this.text.append('<');
		for (JavaType parameter : type.getBindings().getTypeParameters()) {
			append(parameter);
			this.text.append(',');
		}
		if (type.isArrayType()) {
			append(type.getContentType());
		}
		this.text.append('>');
	}

	private void appendPermitted(JavaType type) {
		this.text.append('(');
		for (Class<?> permitted : type.getRawClass().getPermittedSubclasses()) {
			append(this.mapper.getTypeFactory().constructSpecializedType(type, permitted));
			this.text.append('|');
		}
		this.text.append(')');
		if (!Modifier.isAbstract(type.getRawClass().getModifiers())) {
			appendFields(type, type.getRawClass());
		}
	}

	private void appendFields(JavaType type, Class<?> raw) {
		for (Class<?> owner = raw; owner != null && !isOfPlatform(owner); owner = owner.getSuperclass()) {
			for (Field field : owner.getDeclaredFields()) {
				if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
					refuseIfLeftOut(raw, field.getName(), field);
					appendMember(type, field.getName(), field.getGenericType());
				}
			}
		}
	}

	private void appendMember(JavaType owner, String name, Type memberType) {
		this.text.append('{').append(name).append(':');
		append(this.mapper.getTypeFactory().resolveMemberType(memberType, owner.getBindings()));
		this.text.append('}');
	}

	private static void refuseIfReadableOnlyOnce(Class<?> raw) {
		if (ONCE_ONLY.stream().anyMatch((type) -> type.isAssignableFrom(raw))) {
			throw new UnsupportedValueTypeException(
					"A %s can be read only once and so can't be cached: return a list or an array"
						.formatted(raw.getName()));
		}
	}

	private static void refuseIfLeftOut(Class<?> owner, String member, AnnotatedElement element) {
		JsonIgnore ignore = element.getAnnotation(JsonIgnore.class);
		JsonProperty property = element.getAnnotation(JsonProperty.class);
		boolean oneWay = property != null && (property.access() == JsonProperty.Access.READ_ONLY
				|| property.access() == JsonProperty.Access.WRITE_ONLY);
		if (oneWay || (ignore != null && ignore.value())) {
			throw new UnsupportedValueTypeException(("%s.%s is left out of its JSON, so a cached value would lack it: "
					+ "cache a type without this annotation, or mark a field that can be lost as transient")
				.formatted(owner.getName(), member));
		}
	}

	private static void refuseIfJsonNamesTheClass(Class<?> raw) {
		JsonTypeInfo typeInfo = raw.getAnnotation(JsonTypeInfo.class);
		if (typeInfo != null
				&& (typeInfo.use() == JsonTypeInfo.Id.CLASS || typeInfo.use() == JsonTypeInfo.Id.MINIMAL_CLASS)) {
			throw new UnsupportedValueTypeException(
					"%s lets the JSON name a class to instantiate: use JsonTypeInfo.Id.NAME".formatted(raw.getName()));
		}
	}

	private static void refuseIfAbstract(Class<?> raw) {
		boolean isAbstract = raw.isInterface() || Modifier.isAbstract(raw.getModifiers());
		if (isAbstract && !raw.isAnnotationPresent(JsonTypeInfo.class)
				&& !raw.isAnnotationPresent(JsonDeserialize.class) && !raw.getName().startsWith("tools.jackson.")) {
			throw new UnsupportedValueTypeException(
					"%s is abstract: what class to read back is not known. Return a record or class, or seal the type"
						.formatted(raw.getName()));
		}
	}

	private static boolean isOfPlatform(Class<?> type) {
		return type.isPrimitive() || type.getName().startsWith("java.") || type.getName().startsWith("javax.");
	}

}
