package io.github.rediskit.codec;

import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleAbstractTypeResolver;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.databind.util.StdDateFormat;

/**
 * JSON by the application's own mapper, so that its modules and naming apply, made strict
 * where a cache must be: what was written is read back whole or not at all, and no class
 * names are written or followed.
 */
public final class JsonValueCodecs implements ValueCodecs {

	private final JsonMapper mapper;

	private final Wire wire;

	/**
	 * Creates the codecs.
	 * @param applicationMapper the mapper to start from; it is not changed
	 */
	public JsonValueCodecs(JsonMapper applicationMapper) {
		this(exact(faithful(applicationMapper.rebuild(), new FaithfulAnnotations(annotations(applicationMapper))))
			.build(), Wire.JSON);
	}

	private JsonValueCodecs(JsonMapper mapper, Wire wire) {
		this.mapper = mapper;
		this.wire = wire;
	}

	/**
	 * The same structure as CBOR. Needs
	 * {@code tools.jackson.dataformat:jackson-dataformat-cbor}.
	 * @return codecs that neither read what these write nor the other way round
	 */
	public ValueCodecs asCbor() {
		return new JsonValueCodecs(this.mapper, new CborWire(this.mapper));
	}

	private static AnnotationIntrospector annotations(JsonMapper mapper) {
		return mapper.serializationConfig().getAnnotationIntrospector();
	}

	/** What is written is what the value's fields hold, in a form that can be read. */
	static JsonMapper.Builder faithful(JsonMapper.Builder builder, FaithfulAnnotations annotations) {
		return builder.annotationIntrospector(annotations)
			.addModule(new PlatformModule())
			.serializerFactory(builder.serializerFactory().withSerializerModifier(new DeclaredClasses()))
			.deactivateDefaultTyping()
			.defaultView(null)
			.defaultDateFormat(StdDateFormat.instance)
			.changeDefaultPropertyInclusion((inclusion) -> JsonInclude.Value.empty())
			.enable(MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
			.enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
			.enable(SerializationFeature.FAIL_ON_SELF_REFERENCES, SerializationFeature.WRITE_EMPTY_JSON_ARRAYS)
			.disable(SerializationFeature.WRAP_ROOT_VALUE, SerializationFeature.INDENT_OUTPUT,
					SerializationFeature.FAIL_ON_EMPTY_BEANS, SerializationFeature.WRITE_SELF_REFERENCES_AS_NULL,
					SerializationFeature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED,
					SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
			.disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_INDEX,
					EnumFeature.WRITE_ENUM_KEYS_USING_INDEX, EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
			.disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DATE_KEYS_AS_TIMESTAMPS,
					DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS, DateTimeFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE,
					DateTimeFeature.TRUNCATE_TO_MSECS_ON_WRITE)
			.disable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
			.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
			.enable(JsonNodeFeature.WRITE_NULL_PROPERTIES);
	}

	/** What is read is what was written: nothing is skipped, filled in or converted. */
	static JsonMapper.Builder exact(JsonMapper.Builder builder) {
		return builder.clearProblemHandlers()
			.changeDefaultNullHandling((nulls) -> JsonSetter.Value.empty())
			.withCoercionConfig(LogicalType.Textual,
					(text) -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
						.setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
						.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
						.setCoercion(CoercionInputShape.EmptyString, CoercionAction.TryConvert))
			.addAbstractTypeResolver(new SimpleAbstractTypeResolver().addMapping(Set.class, LinkedHashSet.class))
			.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
					DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
					DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
					DeserializationFeature.FAIL_ON_INVALID_SUBTYPE,
					DeserializationFeature.FAIL_ON_MISSING_EXTERNAL_TYPE_ID_PROPERTY,
					DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(DeserializationFeature.UNWRAP_ROOT_VALUE, DeserializationFeature.UNWRAP_SINGLE_VALUE_ARRAYS,
					DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY,
					DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT,
					DeserializationFeature.ACCEPT_EMPTY_ARRAY_AS_NULL_OBJECT,
					DeserializationFeature.ACCEPT_FLOAT_AS_INT)
			.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS,
					MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES, MapperFeature.ACCEPT_CASE_INSENSITIVE_VALUES)
			.enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
			.disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.READ_ENUM_KEYS_USING_INDEX,
					EnumFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL,
					EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
			.disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE, DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID,
					DateTimeFeature.TRUNCATE_TO_MSECS_ON_READ);
	}

	@Override
	public <V> ValueCodec<V> codec(Type declaredType) {
		JavaType type = this.mapper.constructType(declaredType);
		return new JacksonValueCodec<>(this.wire, this.mapper, type, shape(type));
	}

	TypeShape shape(Type declaredType) {
		try {
			return TypeShape.of(this.mapper.constructType(declaredType), this.mapper);
		}
		catch (JacksonException ex) {
			throw refusal(declaredType, ex);
		}
	}

	private static UnsupportedValueTypeException refusal(Type declaredType, JacksonException ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof UnsupportedValueTypeException refusal) {
				return refusal;
			}
		}
		return new UnsupportedValueTypeException("Values of %s can't be written as JSON and read back: %s"
			.formatted(declaredType.getTypeName(), ex.getOriginalMessage()), ex);
	}

}
