package io.github.rediskit.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.autoconfigure.SessionProperties.Serialization;
import io.github.rediskit.codec.AttributeCodec;
import io.github.rediskit.codec.AttributeTypes;
import io.github.rediskit.codec.Compression;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.JdkAttributeCodec;
import io.github.rediskit.codec.JsonAttributeCodec;
import io.github.rediskit.setting.InvalidSettingException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NativeDetector;
import org.springframework.util.ClassUtils;

/**
 * What the properties say about how attributes are written.
 */
final class AttributeCodecs {

	private static final Log logger = LogFactory.getLog(AttributeCodecs.class);

	private static final String JACKSON = "tools.jackson.databind.json.JsonMapper";

	/** More than this is no attribute, whatever its compressed bytes say. */
	private static final int MOST = 64 * 1024 * 1024;

	private final SessionProperties properties;

	private final EncryptionKeys keys;

	private final ClassLoader loader;

	AttributeCodecs(SessionProperties properties, EncryptionKeys keys, @Nullable ClassLoader loader) {
		this.properties = properties;
		this.keys = keys;
		this.loader = (loader != null) ? loader : AttributeCodecs.class.getClassLoader();
	}

	AttributeCodec codec() {
		AttributeTypes types = types();
		AttributeCodec plain = (this.properties.serialization() == Serialization.JSON) ? json(types) : jdk(types);
		AttributeCodec known = isFlash() ? new FlashAttributes(plain) : plain;
		AttributeCodec compressed = known.compressed(new Compression(from(), MOST));
		String key = this.properties.encryption().keyId();
		if (key.isEmpty()) {
			return compressed;
		}
		StorageRules.requireKey(SessionProperties.PREFIX, key, this.keys.ids());
		return compressed.encrypted(this.keys, key);
	}

	private boolean isFlash() {
		return ClassUtils.isPresent("org.springframework.web.servlet.FlashMap", this.loader);
	}

	/** Each is checked by itself, so that the sentence can name its place. */
	private AttributeTypes types() {
		List<String> allowed = new ArrayList<>();
		for (String name : this.properties.allowedTypes()) {
			String stripped = name.strip();
			try {
				AttributeTypes.of(List.of(stripped), this.loader);
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidSettingException(SessionProperties.PREFIX + ".allowed-types[" + allowed.size() + "]",
						"can't be meant", ex.getMessage() + ".", ex);
			}
			warnIfAbsent(stripped, allowed.size());
			allowed.add(stripped);
		}
		if (isFlash()) {
			allowed.add(FlashAttributes.Maps.class.getName());
		}
		return AttributeTypes.of(allowed, this.loader);
	}

	/**
	 * A package may come later or have no entry of its own in its jar: no mistake for
	 * sure.
	 */
	private void warnIfAbsent(String name, int index) {
		String path = name.replace('.', '/');
		boolean present = ClassUtils.isPresent(name, this.loader) || this.loader.getResource(path) != null
				|| this.loader.getResource(path + "/") != null || NativeDetector.inNativeImage();
		if (!present) {
			logger.warn(("%s.allowed-types[%d] is '%s', which is no class and no package with anything in it. "
					+ "If it is mistyped, sessions with what was meant can't be saved")
				.formatted(SessionProperties.PREFIX, index, name));
		}
	}

	private AttributeCodec json(AttributeTypes types) {
		if (!ClassUtils.isPresent(JACKSON, this.loader)) {
			throw new InvalidSettingException(SessionProperties.PREFIX + ".serialization",
					"is json, but Jackson is not on the classpath",
					"Add the dependency org.springframework.boot:spring-boot-starter-jackson, or write jdk.");
		}
		return Json.codec(types, this.loader);
	}

	private AttributeCodec jdk(AttributeTypes types) {
		return JdkAttributeCodec.of(SecurityAttributes.jdk(types, this.loader));
	}

	private long from() {
		SessionProperties.Compression compression = this.properties.compression();
		if (compression.minSize().isNegative()) {
			throw new InvalidSettingException(SessionProperties.PREFIX + ".compression.min-size", "is negative",
					"Write from which size on attributes are compressed, such as 1KB.");
		}
		return compression.enabled() ? compression.minSize().toBytes() : -1;
	}

	/**
	 * Loaded only where Jackson is.
	 */
	private static final class Json {

		static AttributeCodec codec(AttributeTypes types, ClassLoader loader) {
			return JsonAttributeCodec.of(SecurityAttributes.json(types, loader), SecurityAttributes.modules(loader));
		}

	}

}
