package io.github.rediskit.codec;

import java.util.Collection;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;
import tools.jackson.databind.jsontype.TypeIdResolver;
import tools.jackson.databind.jsontype.impl.DefaultTypeResolverBuilder;

/**
 * Writes which class a value has wherever the place where it stands does not tell, which
 * is everywhere but where a final class is declared, or a value of the JDK. All names
 * pass {@link AttributeTypeNames}: what validates names for Jackson's own, which this
 * replaces, allows nothing.
 */
final class AttributeTyping extends DefaultTypeResolverBuilder {

	private static final long serialVersionUID = 1L;

	private final transient AttributeTypes types;

	AttributeTyping(AttributeTypes types) {
		super(BasicPolymorphicTypeValidator.builder().build(), DefaultTyping.NON_FINAL, JsonTypeInfo.As.PROPERTY);
		this.types = types;
	}

	@Override
	public DefaultTypeResolverBuilder withDefaultImpl(Class<?> defaultImpl) {
		return this; // bytes without a name have no type
	}

	@Override
	public boolean useForType(JavaType type) {
		JavaType content = _unwrapReferenceType(_unwrapArrayType(type));
		Class<?> raw = content.getRawClass();
		return super.useForType(type) && !raw.isEnum() && !PlatformTypes.isFaithful(raw);
	}

	@Override
	protected TypeIdResolver idResolver(DatabindContext context, JavaType base, PolymorphicTypeValidator validator,
			Collection<NamedType> subtypes, boolean forWriting, boolean forReading) {
		return new AttributeTypeNames(this.types, base);
	}

}
