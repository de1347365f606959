package io.github.rediskit.codec;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

/**
 * The structure of a type as text: the names and types of record components, fields,
 * permitted subclasses and enum constants, all the way down. Two versions of a class with
 * the same text can read each other's values. A type that could not be read back is
 * refused here, when the application starts.
 */
final class TypeShape {

	private static final int MAX_TYPES = 1000;

	private final JsonMapper mapper;

	private final SerializationContext context;

	private final Set<JavaType> seen = new HashSet<>();

	private final Set<JavaType> withFields = new LinkedHashSet<>();

	private final StringBuilder text = new StringBuilder();

	private TypeShape(JsonMapper mapper) {
		this.mapper = mapper;
		this.context = mapper._serializationContext();
	}

	static TypeShape of(JavaType root, JsonMapper mapper) {
		TypeShape shape = new TypeShape(mapper);
		shape.append(root, "The value");
		shape.appendJsonNames();
		return shape;
	}

	/**
	 * Whether a value would be read back as an instance of another class. JDK types have
	 * many classes with the same meaning, such as lists.
	 */
	static boolean losesItsClass(JavaType declared, Class<?> actual) {
		Class<?> raw = declared.getRawClass();
		if (raw == actual || raw.isPrimitive() || declared.isReferenceType() || isPolymorphic(raw)) {
			return false;
		}
		if (PlatformTypes.contain(raw)) {
			return !declared.isAbstract() && !declared.isContainerType();
		}
		return !raw.isEnum() && !(declared.isAbstract() && !declared.isArrayType());
	}

	long fingerprint() {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text().getBytes(StandardCharsets.UTF_8));
			return ByteBuffer.wrap(digest).getLong();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	String text() {
		return this.text.toString();
	}

	/** The classes whose fields are described: values consist of these. */
	Set<Class<?>> classes() {
		Set<Class<?>> classes = new HashSet<>();
		this.withFields.forEach((type) -> classes.add(type.getRawClass()));
		return classes;
	}

	private void append(JavaType type, String where) {
		Class<?> raw = type.getRawClass();
		this.text.append(type.toCanonical());
		TypeRefusals.refuseIfUnreadable(raw, where);
		if (!this.seen.add(type)) {
			return;
		}
		if (this.seen.size() > MAX_TYPES) {
			throw new UnsupportedValueTypeException(
					"%s consists of more than %d types, or its type arguments grow without end".formatted(where,
							MAX_TYPES));
		}
		if (type.isContainerType() || type.isReferenceType() || raw == Map.Entry.class) {
			appendContent(type, where);
		}
		else if (raw.isEnum()) {
			appendConstants(raw);
		}
		else if (PlatformTypes.contain(raw)) {
			TypeRefusals.refuseIfUnfaithful(raw, where);
		}
		else if (isPolymorphic(raw) || typeInfo(type) != null) {
			appendSubtypes(type, where);
		}
		else if (!raw.getName().startsWith("tools.jackson.")) {
			TypeRefusals.refuseIfAbstract(raw, where);
			appendFields(type);
		}
	}

	private void appendContent(JavaType type, String where) {
		TypeRefusals.refuseIfMoreThanElements(type.getRawClass(), fields(type.getRawClass()));
		List<JavaType> contents = new ArrayList<>();
		if (type.isMapLikeType() || type.getRawClass() == Map.Entry.class) {
			JavaType key = type.isMapLikeType() ? type.getKeyType() : type.containedTypeOrUnknown(0);
			TypeRefusals.refuseIfNoKey(key.getRawClass(), this.context.findKeySerializer(key, null), where);
			contents.add(key);
		}
		contents.add((type.getContentType() != null) ? type.getContentType() : type.containedTypeOrUnknown(1));
		this.text.append('<');
		contents.forEach((content) -> {
			append(content, where);
			this.text.append(',');
		});
		this.text.append('>');
		if (type.isReferenceType() && type.getContentType().isReferenceType()) {
			throw new UnsupportedValueTypeException(
					"%s is an optional of an optional: JSON can't tell an empty one from none".formatted(where));
		}
	}

	private void appendConstants(Class<?> type) {
		this.text.append('[');
		for (Object constant : type.getEnumConstants()) {
			this.text.append(((Enum<?>) constant).name()).append(',');
		}
		this.text.append(']');
	}

	private void appendSubtypes(JavaType type, String where) {
		DeserializationConfig config = this.mapper.deserializationConfig();
		AnnotatedClass annotated = this.context.introspectClassAnnotations(type);
		Collection<NamedType> subtypes = config.getSubtypeResolver()
			.collectAndResolveSubtypesByTypeId(config, annotated);
		boolean concrete = false;
		this.text.append('(');
		for (NamedType subtype : sorted(subtypes)) {
			if (!type.getRawClass().isAssignableFrom(subtype.getType())) {
				continue; // a sibling: its parent's annotations are inherited
			}
			concrete |= !Modifier.isAbstract(subtype.getType().getModifiers());
			this.text.append(subtype.getName()).append('=');
			if (subtype.getType() != type.getRawClass()) {
				append(this.mapper.getTypeFactory().constructSpecializedType(type, subtype.getType()), where);
			}
			this.text.append('|');
		}
		this.text.append(')');
		if (!concrete) {
			TypeRefusals.refuseIfAbstract(type.getRawClass(), where);
		}
		if (!type.isAbstract()) {
			appendFields(type);
		}
	}

	private static List<NamedType> sorted(Collection<NamedType> types) {
		return types.stream()
			.sorted(Comparator.comparing((NamedType type) -> type.getType().getName())
				.thenComparing((type) -> String.valueOf(type.getName())))
			.toList();
	}

	private void appendFields(JavaType type) {
		this.withFields.add(type);
		for (Field field : fields(type.getRawClass())) {
			this.text.append('{').append(field.getName()).append(':');
			append(memberType(type, field.getGenericType()),
					field.getDeclaringClass().getName() + "." + field.getName());
			this.text.append('}');
		}
	}

	private JavaType memberType(JavaType owner, Type type) {
		return this.mapper.getTypeFactory().resolveMemberType(type, owner.getBindings());
	}

	/** In an order that no compiler and no virtual machine decides. */
	static List<Field> fields(Class<?> type) {
		List<Field> fields = new ArrayList<>();
		for (Class<?> owner = type; owner != null && !PlatformTypes.contain(owner); owner = owner.getSuperclass()) {
			for (Field field : owner.getDeclaredFields()) {
				if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
					fields.add(field);
				}
			}
		}
		fields.sort(Comparator.comparing(Field::getName));
		return fields;
	}

	private void appendJsonNames() {
		WrittenFields written = new WrittenFields(this.mapper);
		for (JavaType type : this.withFields) {
			Map<String, String> names = written.jsonNames(type);
			if (names == null) {
				continue;
			}
			this.text.append(type.toCanonical()).append('=');
			for (Field field : fields(type.getRawClass())) {
				String name = names.remove(field.getName()); // not found again for a
																// hidden field of that
																// name
				if (name == null) {
					throw new UnsupportedValueTypeException(
							("%s.%s is left out of its JSON, so a cached value would lack it: cache a type "
									+ "that writes and reads it, or mark a field that can be lost as transient")
								.formatted(type.getRawClass().getName(), field.getName()));
				}
				this.text.append(name).append(',');
			}
		}
	}

	private JsonTypeInfo.Value typeInfo(JavaType type) {
		return this.mapper.deserializationConfig()
			.getAnnotationIntrospector()
			.findPolymorphicTypeInfo(this.mapper.deserializationConfig(),
					this.context.introspectClassAnnotations(type));
	}

	private static boolean isPolymorphic(Class<?> raw) {
		return raw.isSealed() || raw.isAnnotationPresent(JsonTypeInfo.class);
	}

}
