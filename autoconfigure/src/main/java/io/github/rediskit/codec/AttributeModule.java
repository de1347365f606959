package io.github.rediskit.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.Version;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.KeyDeserializers;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.ValueInstantiators;
import tools.jackson.databind.ser.Serializers;

import com.fasterxml.jackson.annotation.JsonFormat;

import java.util.TreeMap;

/**
 * What attributes need beside what cached values need. It stands after Spring Security's
 * modules and so has the last word.
 */
final class AttributeModule extends JacksonModule {

	private final AttributeTypes types;

	AttributeModule(AttributeTypes types) {
		this.types = types;
	}

	@Override
	public String getModuleName() {
		return "rediskit-session-attributes";
	}

	@Override
	public Version version() {
		return Version.unknownVersion();
	}

	@Override
	public void setupModule(SetupContext context) {
		((MapperBuilder<?, ?>) context.getOwner()).disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS);
		context.addSerializers(new Written());
		context.addDeserializers(new Read());
		context.addKeySerializers(new WrittenKeys());
		context.addKeyDeserializers(new ReadKeys());
		context.addValueInstantiators(new Instantiated());
	}

	private static final class Written extends Serializers.Base {

		@Override
		public @Nullable ValueSerializer<?> findSerializer(SerializationConfig config, JavaType type,
				BeanDescription.Supplier description, JsonFormat.@Nullable Value format) {
			return type.isTypeOrSubTypeOf(Throwable.class) ? new ThrowableMessages.Writer() : null;
		}

	}

	private static final class Read extends Deserializers.Base {

		@Override
		public @Nullable ValueDeserializer<?> findBeanDeserializer(JavaType type, DeserializationConfig config,
				BeanDescription.Supplier description) {
			if (type.getRawClass() == Class.class) {
				throw ForbiddenTypeException.notAllowed("java.lang.Class");
			}
			return type.isTypeOrSubTypeOf(Throwable.class) ? new ThrowableMessages.Reader(type.getRawClass()) : null;
		}

		@Override
		public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
			return Throwable.class.isAssignableFrom(type);
		}

	}

	private final class WrittenKeys extends Serializers.Base {

		@Override
		public @Nullable ValueSerializer<?> findSerializer(SerializationConfig config, JavaType type,
				BeanDescription.Supplier description, JsonFormat.@Nullable Value format) {
			return type.isJavaLangObject() ? new AnyKeys.Writer(AttributeModule.this.types) : null;
		}

	}

	private final class ReadKeys implements KeyDeserializers {

		@Override
		public @Nullable KeyDeserializer findKeyDeserializer(JavaType type, DeserializationConfig config,
				BeanDescription.Supplier description) {
			return type.isJavaLangObject() ? new AnyKeys.Reader(AttributeModule.this.types) : null;
		}

	}

	private static final class Instantiated extends ValueInstantiators.Base {

		@Override
		public ValueInstantiator modifyValueInstantiator(DeserializationConfig config,
				BeanDescription.Supplier description, ValueInstantiator instantiator) {
			return (description.getBeanClass() == PlatformCollections.AnyCase.class) ? new AnyCaseMaps() : instantiator;
		}

	}

	private static final class AnyCaseMaps extends ValueInstantiator.Base {

		AnyCaseMaps() {
			super(PlatformCollections.AnyCase.class);
		}

		@Override
		public boolean canCreateUsingDefault() {
			return true;
		}

		@Override
		public Object createUsingDefault(DeserializationContext context) {
			return new TreeMap<String, Object>(String.CASE_INSENSITIVE_ORDER);
		}

	}

}
