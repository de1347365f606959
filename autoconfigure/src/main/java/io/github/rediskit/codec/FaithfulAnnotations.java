package io.github.rediskit.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Version;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;

/**
 * Adds what JSON needs to be read back as what it was: a sealed type says which of its
 * permitted subclasses a value is, by a name that only these have, and nothing is left
 * out for being empty.
 */
final class FaithfulAnnotations extends AnnotationIntrospector {

	private static final long serialVersionUID = 1L;

	private static final JsonTypeInfo.Value NAMED = JsonTypeInfo.Value.construct(JsonTypeInfo.Id.NAME,
			JsonTypeInfo.As.PROPERTY, "@type", null, false, null);

	@Override
	public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
		boolean unnamed = annotated instanceof AnnotatedClass && belongsToSealed(annotated.getRawType())
				&& !annotated.hasAnnotation(JsonTypeInfo.class);
		return unnamed ? NAMED : null;
	}

	/** Permitted subclasses, too: they write their name wherever they are declared. */
	private static boolean belongsToSealed(@Nullable Class<?> type) {
		if (type == null || type == Object.class || type.getName().startsWith("java.")) {
			return false;
		}
		if (type.isSealed() || belongsToSealed(type.getSuperclass())) {
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
	public JsonInclude.Value findPropertyInclusion(MapperConfig<?> config, Annotated annotated) {
		return JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS);
	}

	@Override
	public Version version() {
		return Version.unknownVersion();
	}

}
