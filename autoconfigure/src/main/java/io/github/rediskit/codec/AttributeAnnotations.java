package io.github.rediskit.codec;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.VisibilityChecker;

/**
 * The annotations of attributes, without those that let bytes name any class, as Spring
 * Security's have them: {@link AttributeTyping} is for all types. Those that choose among
 * subclasses which they list stay.
 */
final class AttributeAnnotations extends FaithfulAnnotations {

	private static final long serialVersionUID = 1L;

	private final AnnotationIntrospector application;

	AttributeAnnotations(AnnotationIntrospector application) {
		super(application);
		this.application = application;
	}

	@Override
	public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
		JsonTypeInfo.Value declared = this.application.findPolymorphicTypeInfo(config, annotated);
		return (declared != null && declared.getIdType() == JsonTypeInfo.Id.NAME) ? declared : null;
	}

	/** Who says which members are written, as modules do of other people's classes. */
	@Override
	public VisibilityChecker findAutoDetectVisibility(MapperConfig<?> config, AnnotatedClass type,
			VisibilityChecker checker) {
		return type.hasAnnotation(JsonAutoDetect.class)
				? this.application.findAutoDetectVisibility(config, type, checker)
				: super.findAutoDetectVisibility(config, type, checker);
	}

	/**
	 * What reads a parent makes a parent: a user of the application's own would come back
	 * as Spring Security's.
	 */
	@Override
	public @Nullable Object findDeserializer(MapperConfig<?> config, Annotated annotated) {
		return isInherited(config, annotated) ? null : super.findDeserializer(config, annotated);
	}

	@Override
	public @Nullable Class<?> findPOJOBuilder(MapperConfig<?> config, AnnotatedClass type) {
		return isInherited(config, type) ? null : super.findPOJOBuilder(config, type);
	}

	private static boolean isInherited(MapperConfig<?> config, Annotated annotated) {
		return annotated instanceof AnnotatedClass type && type.hasAnnotation(JsonDeserialize.class)
				&& type.getRawType().getDeclaredAnnotation(JsonDeserialize.class) == null
				&& config.findMixInClassFor(type.getRawType()) == null;
	}

	/** One of its own could follow names of any class. */
	@Override
	public @Nullable Object findTypeIdResolver(MapperConfig<?> config, Annotated annotated) {
		return null;
	}

	@Override
	public @Nullable Object findTypeResolverBuilder(MapperConfig<?> config, Annotated annotated) {
		return null;
	}

}
