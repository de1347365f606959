package io.github.rediskit.codec;

import java.lang.reflect.Type;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.introspect.AnnotationIntrospectorPair;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON by the application's own mapper, so that its modules and naming apply, made strict
 * where a cache must be: what was written is read back whole or not at all, and no class
 * names are written or followed.
 */
public final class JsonValueCodecs implements ValueCodecs {

	private final JsonMapper mapper;

	/**
	 * Creates the codecs.
	 * @param applicationMapper the mapper to start from; it is not changed
	 */
	public JsonValueCodecs(JsonMapper applicationMapper) {
		AnnotationIntrospector introspector = applicationMapper.serializationConfig().getAnnotationIntrospector();
		this.mapper = applicationMapper.rebuild()
			.annotationIntrospector(AnnotationIntrospectorPair.create(new FaithfulAnnotations(), introspector))
			.deactivateDefaultTyping()
			.changeDefaultPropertyInclusion((inclusion) -> JsonInclude.Value.empty())
			.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
					DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
					DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.enable(MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
			.enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
			.disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE, DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
			.disable(DeserializationFeature.UNWRAP_ROOT_VALUE)
			.disable(SerializationFeature.WRAP_ROOT_VALUE, SerializationFeature.INDENT_OUTPUT)
			.build();
	}

	@Override
	public <V> ValueCodec<V> codec(Type declaredType) {
		JavaType type = this.mapper.constructType(declaredType);
		String shape = new TypeShape(this.mapper).describe(type);
		try {
			this.mapper.readerFor(type).readValue("null");
		}
		catch (JacksonException ex) {
			throw new UnsupportedValueTypeException("Values of %s could be written to Redis but not be read back: %s"
				.formatted(declaredType.getTypeName(), ex.getOriginalMessage()), ex);
		}
		return new JsonValueCodec<>(this.mapper, type, TypeShape.digest(shape));
	}

}
