package io.github.rediskit.codec;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.annotation.JsonPOJOBuilder;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotationIntrospectorPair;
import tools.jackson.databind.introspect.VisibilityChecker;
import tools.jackson.databind.jsontype.NamedType;

/**
 * The application's annotations, without those that shape JSON for people and so lose
 * something: formats, what is left out, what is put in place of {@code null}. A value is
 * what is in its fields. A sealed type says which of its permitted subclasses a value is,
 * by a name that only these have.
 */
final class FaithfulAnnotations extends AnnotationIntrospectorPair {

	private static final long serialVersionUID = 1L;

	private static final JsonTypeInfo.Value NAMED = JsonTypeInfo.Value.construct(JsonTypeInfo.Id.NAME,
			JsonTypeInfo.As.PROPERTY, "@type", null, false, null);

	FaithfulAnnotations(AnnotationIntrospector application) {
		super(AnnotationIntrospector.nopInstance(), application);
	}

	@Override
	public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
		return byName(super.findPolymorphicTypeInfo(config, annotated), annotated);
	}

	/** What is declared, or the name of a sealed type's subclass; never a class. */
	static JsonTypeInfo.@Nullable Value byName(JsonTypeInfo.@Nullable Value declared, Annotated annotated) {
		if (declared == null) {
			return (annotated instanceof AnnotatedClass && belongsToSealed(annotated.getRawType())) ? NAMED : null;
		}
		if (declared.getIdType() == JsonTypeInfo.Id.CLASS || declared.getIdType() == JsonTypeInfo.Id.MINIMAL_CLASS) {
			throw new UnsupportedValueTypeException(
					"%s lets the JSON name a class to instantiate: use JsonTypeInfo.Id.NAME"
						.formatted(annotated.getName()));
		}
		return declared;
	}

	/** An enum whose constants have bodies is sealed by them, yet read by name. */
	@Override
	public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
		return isEnum(annotated.getRawType()) ? null : super.findSubtypes(config, annotated);
	}

	private static boolean isEnum(@Nullable Class<?> type) {
		return type != null && type.isEnum();
	}

	/** Permitted subclasses, too: they write their name wherever they are declared. */
	private static boolean belongsToSealed(@Nullable Class<?> type) {
		if (type == null || type == Object.class || type.getName().startsWith("java.")) {
			return false;
		}
		if ((type.isSealed() && !isEnum(type)) || belongsToSealed(type.getSuperclass())) {
			return true;
		}
		for (Class<?> parent : type.getInterfaces()) {
			if (belongsToSealed(parent)) {
				return true;
			}
		}
		return false;
	}

	@Override
	public VisibilityChecker findAutoDetectVisibility(MapperConfig<?> config, AnnotatedClass type,
			VisibilityChecker checker) {
		boolean othersFields = PlatformTypes.contain(type.getRawType()) || type.hasAnnotation(JsonPOJOBuilder.class);
		return othersFields ? checker
				: checker.withFieldVisibility(Visibility.ANY)
					.withGetterVisibility(Visibility.NONE)
					.withIsGetterVisibility(Visibility.NONE)
					.withSetterVisibility(Visibility.NONE);
	}

	@Override
	public JsonInclude.Value findPropertyInclusion(MapperConfig<?> config, Annotated annotated) {
		return JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS);
	}

	@Override
	public JsonIgnoreProperties.Value findPropertyIgnoralByName(MapperConfig<?> config, Annotated annotated) {
		return super.findPropertyIgnoralByName(config, annotated).withoutIgnoreUnknown();
	}

	@Override
	public JsonFormat.Value findFormat(MapperConfig<?> config, Annotated annotated) {
		return JsonFormat.Value.empty();
	}

	@Override
	public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
		return JsonSetter.Value.empty();
	}

	@Override
	public @Nullable Object findFilterId(MapperConfig<?> config, Annotated annotated) {
		return null;
	}

}
