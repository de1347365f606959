package io.github.rediskit.codec;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * Attributes as JSON, which {@code redis-cli} shows. Objects are written by their fields
 * with the name of their class, as {@code {"@class":"com.shop.Cart","items":[…]}}, other
 * values where the place does not tell as {@code ["java.lang.Long",42]}. What is read has
 * the classes that were written.
 *
 * <p>
 * A class may change between deployments: a field or component that bytes lack is
 * {@code null}, zero or what the class's constructor makes it, and one that the class
 * lacks is skipped. So instances of both versions read each other's sessions. A field of
 * another type, an unknown enum constant or a class of another name can't be read.
 */
public final class JsonAttributeCodec implements AttributeCodec {

	private static final int LONGEST_NUMBER = StreamReadConstraints.DEFAULT_MAX_NUM_LEN / 2;

	private static final int LONGEST_NAME = StreamReadConstraints.DEFAULT_MAX_NAME_LEN / 2;

	private final ObjectWriter writer;

	private final ObjectReader reader;

	/** Of which a value has been read back. */
	private final Set<Class<?>> proven = ConcurrentHashMap.newKeySet();

	private JsonAttributeCodec(JsonMapper mapper) {
		this.writer = mapper.writerFor(Object.class);
		this.reader = mapper.readerFor(Object.class);
	}

	/**
	 * Creates a codec.
	 * @param types the types that attributes may consist of
	 * @param modules tell Jackson how to write and read some of them, such as Spring
	 * Security's modules
	 * @return the codec
	 */
	public static JsonAttributeCodec of(AttributeTypes types, Collection<? extends JacksonModule> modules) {
		AnnotationIntrospector annotations = new JacksonAnnotationIntrospector();
		JsonMapper.Builder builder = JsonMapper.builder();
		JsonValueCodecs.exact(JsonValueCodecs.faithful(builder, new AttributeAnnotations(annotations)))
			.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
					DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
					DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
					DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.enable(MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS) // a value is what is in
																	// its fields
			.setDefaultTyping(new AttributeTyping(types));
		modules.forEach(builder::addModule);
		builder.addModule(new AttributeModule(types));
		return new JsonAttributeCodec(builder.build());
	}

	@Override
	public byte[] encode(byte[] place, String name, Object value) {
		byte[] bytes = AttributeBytes.JSON.before(write(name, value));
		if (!this.proven.contains(value.getClass()) || isDoubtful(bytes)) {
			Object again = read(name, bytes,
					("The session attribute '%s', a %s, can't be kept, since it could not be "
							+ "read back; a record can, and a class that has a constructor without parameters")
						.formatted(name, value.getClass().getTypeName()));
			if (!again.getClass().equals(value.getClass()) && !PlatformTypes.contain(value.getClass())) {
				throw new CodecException("The session attribute '%s' is a %s, but would be read back as a %s"
					.formatted(name, value.getClass().getName(), again.getClass().getName()), null);
			}
			this.proven.add(value.getClass());
		}
		return bytes;
	}

	/**
	 * Jackson writes more than it reads: names and numbers of any length, and names with
	 * half a character, as <code>&#92;uD83D</code>.
	 */
	private static boolean isDoubtful(byte[] bytes) {
		int digits = 0;
		int unquoted = 0;
		for (int i = 0; i < bytes.length; i++) {
			byte next = bytes[i];
			digits = (next >= '0' && next <= '9') ? digits + 1 : 0;
			unquoted = (next == '"') ? 0 : unquoted + 1;
			boolean half = next == '\\' && i + 2 < bytes.length && bytes[i + 1] == 'u' && bytes[i + 2] == 'D';
			if (half || digits > LONGEST_NUMBER || unquoted > LONGEST_NAME) {
				return true;
			}
		}
		return false;
	}

	private byte[] write(String name, Object value) {
		if (value instanceof Optional || value instanceof AtomicReference) {
			throw new CodecException("The session attribute '%s' is an %s: set what is in it, or remove it"
				.formatted(name, value.getClass().getSimpleName()), null);
		}
		try {
			return this.writer.writeValueAsBytes(value);
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw refusal("The session attribute '%s', a %s, can't be written as JSON".formatted(name,
					value.getClass().getTypeName()), name, ex);
		}
	}

	@Override
	public Object decode(byte[] place, String name, byte[] bytes) {
		if (!AttributeBytes.JSON.begin(bytes)) {
			throw AttributeBytes.JSON.missedIn(name, bytes);
		}
		return read(name, bytes, "The session attribute '%s' can't be read".formatted(name));
	}

	private Object read(String name, byte[] bytes, String complaint) {
		Object value;
		try {
			value = this.reader.readValue(bytes, 1, bytes.length - 1);
		}
		catch (RuntimeException | StackOverflowError | LinkageError ex) {
			throw refusal(complaint, name, ex);
		}
		if (value == null) {
			throw new CodecException("The session attribute '%s' is null".formatted(name), null);
		}
		return value;
	}

	/** Without the cause, whose message may quote the value. */
	private static CodecException refusal(String message, String name, Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof ForbiddenTypeException forbidden) {
				return forbidden.in(name);
			}
			if (cause instanceof CodecException || cause instanceof UnsupportedValueTypeException) {
				return new CodecException(message + ": " + cause.getMessage(), null);
			}
		}
		return new CodecException(message + ": " + failure.getClass().getSimpleName(), null);
	}

}
