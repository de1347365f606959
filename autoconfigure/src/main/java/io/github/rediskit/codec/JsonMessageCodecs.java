package io.github.rediskit.codec;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.function.Supplier;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotationIntrospectorPair;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages as the application's own mapper writes them, so that its modules, naming and
 * formats apply; lenient in reading, and without class names, whatever the mapper says.
 */
public final class JsonMessageCodecs implements MessageCodecs {

	private final JsonMapper mapper;

	/**
	 * Creates the codecs.
	 * @param applicationMapper the mapper to start from; it is not changed
	 */
	public JsonMessageCodecs(JsonMapper applicationMapper) {
		AnnotationIntrospector application = applicationMapper.serializationConfig().getAnnotationIntrospector();
		this.mapper = applicationMapper.rebuild()
			.annotationIntrospector(new NamesOnly(application))
			.deactivateDefaultTyping()
			.disable(SerializationFeature.INDENT_OUTPUT)
			.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
					DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
			.build();
	}

	@Override
	public byte[] write(Object message) {
		try {
			return this.mapper.writeValueAsBytes(message);
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw new CodecException(
					"A %s can't be written as JSON: %s".formatted(message.getClass().getName(), reason(ex)), null);
		}
	}

	@Override
	public <M> Reader<M> reader(Type type) {
		try {
			JavaType javaType = this.mapper.constructType(type);
			return new JsonReader<>(this.mapper, javaType, this.mapper.readerFor(javaType));
		}
		catch (JacksonException ex) {
			throw new UnsupportedValueTypeException(
					"Messages of %s can't be read from JSON: %s".formatted(type.getTypeName(), ex.getOriginalMessage()),
					ex);
		}
	}

	/** Of Jackson's messages only their kind, since they may quote the value. */
	private static String reason(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof UnsupportedValueTypeException refusal) {
				return String.valueOf(refusal.getMessage());
			}
		}
		return failure.getClass().getSimpleName();
	}

	private record JsonReader<M>(JsonMapper mapper, JavaType type, ObjectReader reader) implements Reader<M> {

		@Override
		public M read(byte[] json) {
			return made(() -> this.reader.readValue(json));
		}

		@Override
		public M bind(Map<String, String> fields) {
			return made(() -> this.mapper.convertValue(fields, this.type));
		}

		private M made(Supplier<@Nullable M> read) {
			M message;
			try {
				message = read.get();
			}
			catch (RuntimeException | StackOverflowError ex) {
				throw new CodecException(
						"Not a message that is a %s: %s".formatted(this.type.getTypeName(), reason(ex)), null);
			}
			if (message == null) {
				throw new CodecException("A message must not be null", null);
			}
			return message;
		}

	}

	/** The application's annotations, except that no JSON names a class. */
	private static final class NamesOnly extends AnnotationIntrospectorPair {

		private static final long serialVersionUID = 1L;

		NamesOnly(AnnotationIntrospector application) {
			super(AnnotationIntrospector.nopInstance(), application);
		}

		@Override
		public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
			return FaithfulAnnotations.byName(super.findPolymorphicTypeInfo(config, annotated), annotated);
		}

	}

}
