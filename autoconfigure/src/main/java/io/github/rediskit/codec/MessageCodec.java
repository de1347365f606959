package io.github.rediskit.codec;

import java.lang.reflect.Type;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotationIntrospectorPair;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages as JSON, as the application's own mapper writes and reads it. Other programs,
 * and other versions of this one, write and read the same messages: so they look as the
 * application shapes its JSON, and a property that a reader does not know is passed over.
 * They name no classes: the type that the reader asks for decides what is instantiated.
 */
public final class MessageCodec {

	private final JsonMapper mapper;

	/**
	 * Creates the codec.
	 * @param applicationMapper the mapper to start from; it is not changed
	 */
	public MessageCodec(JsonMapper applicationMapper) {
		AnnotationIntrospector application = applicationMapper.serializationConfig().getAnnotationIntrospector();
		this.mapper = applicationMapper.rebuild()
			.annotationIntrospector(new WithoutClassNames(application))
			.deactivateDefaultTyping()
			.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.disable(SerializationFeature.INDENT_OUTPUT)
			.build();
	}

	/**
	 * Writes a message.
	 * @param message the message
	 * @return its JSON, in UTF-8
	 * @throws CodecException if it can't be written; its text names the class and not the
	 * value
	 */
	public byte[] encode(Object message) {
		try {
			return this.mapper.writeValueAsBytes(message);
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw failure("A %s can't be written as JSON: %s", message.getClass(), ex);
		}
	}

	/**
	 * Reads a message.
	 * @param bytes its JSON, in UTF-8
	 * @param type what it is read as, perhaps with type arguments
	 * @return the message; {@code null} if the JSON is {@code null}
	 * @throws CodecException if it is no such message; its text does not quote it
	 */
	public @Nullable Object decode(byte[] bytes, Type type) {
		JavaType target = this.mapper.constructType(type);
		try {
			return this.mapper.readValue(bytes, target);
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw failure("No JSON of a %s: %s", type, ex);
		}
	}

	/** Without the cause, whose message may quote the value. */
	private static CodecException failure(String sentence, Type type, Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof UnsupportedValueTypeException refusal) {
				return new CodecException(sentence.formatted(type.getTypeName(), refusal.getMessage()), null);
			}
		}
		return new CodecException(sentence.formatted(type.getTypeName(), failure.getClass().getSimpleName()), null);
	}

	/** The application's annotations, unless they let the JSON choose a class. */
	private static final class WithoutClassNames extends AnnotationIntrospectorPair {

		private static final long serialVersionUID = 1L;

		WithoutClassNames(AnnotationIntrospector application) {
			super(AnnotationIntrospector.nopInstance(), application);
		}

		@Override
		public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
			JsonTypeInfo.Value declared = super.findPolymorphicTypeInfo(config, annotated);
			if (declared != null && (declared.getIdType() == JsonTypeInfo.Id.CLASS
					|| declared.getIdType() == JsonTypeInfo.Id.MINIMAL_CLASS)) {
				throw new UnsupportedValueTypeException(
						"%s lets the JSON name a class to instantiate: use JsonTypeInfo.Id.NAME"
							.formatted(annotated.getName()));
			}
			return declared;
		}

	}

}
