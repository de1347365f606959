package io.github.rediskit.codec;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonFormat;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.ext.javatime.JavaTimeInitializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdScalarSerializer;

/**
 * Types of the JDK in a form that loses nothing. Times are in Jackson's own form,
 * whatever format the application's modules chose for people. Locales are language tags,
 * as keys of maps, too; one that its tag does not describe, such as
 * {@code new Locale("en_US")}, is not written.
 */
final class PlatformModule extends SimpleModule {

	private static final long serialVersionUID = 1L;

	PlatformModule() {
		super("rediskit-platform");
		addSerializer(Locale.class, new LocaleSerializer(false));
		addKeySerializer(Locale.class, new LocaleSerializer(true));
		addDeserializer(Locale.class, new LocaleDeserializer());
		addKeyDeserializer(Locale.class, new LocaleKeyDeserializer());
	}

	@Override
	public void setupModule(SetupContext context) {
		super.setupModule(context);
		JavaTimeInitializer.getInstance().setupModule(context);
		PlatformTypes.times().forEach((type) -> context.configOverride(type).setFormat(JsonFormat.Value.empty()));
	}

	static String tag(Locale locale) {
		String tag = locale.equals(Locale.ROOT) ? "" : locale.toLanguageTag();
		if (!Locale.forLanguageTag(tag).equals(locale)) {
			throw new CodecException("A Locale can't be written that its language tag does not describe", null);
		}
		return tag;
	}

	private static Locale locale(String tag) {
		Locale locale = Locale.forLanguageTag(tag);
		if (!tag(locale).equals(tag)) {
			throw new CodecException("Not the language tag of a Locale", null);
		}
		return locale;
	}

	private static final class LocaleSerializer extends StdScalarSerializer<Locale> {

		private final boolean key;

		LocaleSerializer(boolean key) {
			super(Locale.class);
			this.key = key;
		}

		@Override
		public void serialize(Locale value, JsonGenerator generator, SerializationContext context) {
			if (this.key) {
				generator.writeName(tag(value));
			}
			else {
				generator.writeString(tag(value));
			}
		}

	}

	private static final class LocaleDeserializer extends StdDeserializer<Locale> {

		LocaleDeserializer() {
			super(Locale.class);
		}

		@Override
		public Locale deserialize(JsonParser parser, DeserializationContext context) {
			return locale(parser.currentToken().isScalarValue() ? parser.getString() : "?");
		}

	}

	private static final class LocaleKeyDeserializer extends KeyDeserializer {

		@Override
		public Locale deserializeKey(String key, DeserializationContext context) {
			return locale(key);
		}

	}

}
