package io.github.rediskit.autoconfigure;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.setting.InvalidSettingException;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys that values are encrypted with. They are shown nowhere; nor is what could be one
 * by mistake.
 *
 * @param keys Keys by their ids: 32 random bytes each, in base64. A feature names the one
 * it encrypts with; the others are only read with.
 */
@ConfigurationProperties(prefix = "rediskit.encryption", ignoreUnknownFields = false)
record EncryptionProperties(@DefaultValue Map<String, String> keys) {

	private static final String PREFIX = "rediskit.encryption.keys";

	static final String ADVICE = "A key is 32 random bytes in base64, as 'openssl rand -base64 32' makes them.";

	/** The keys that these texts mean. */
	EncryptionKeys decoded(SecureRandom random) {
		Map<String, byte[]> decoded = new HashMap<>();
		this.keys.forEach((id, text) -> {
			if (!EncryptionKeys.isId(id)) {
				throw new InvalidSettingException(PREFIX, "has a key whose id is none",
						"An id is at most 32 letters, digits, dots, dashes and underscores, "
								+ "such as rediskit.encryption.keys.2026-01.");
			}
			decoded.put(id, decode(PREFIX + "." + id, text.strip()));
		});
		return new EncryptionKeys(decoded, random);
	}

	private static byte[] decode(String property, String text) {
		byte[] key;
		try {
			key = Base64.getDecoder().decode(text);
		}
		catch (IllegalArgumentException ex) { // its message quotes the text
			throw new InvalidSettingException(property, "is not base64", ADVICE);
		}
		if (key.length != EncryptionKeys.KEY_LENGTH) {
			throw new InvalidSettingException(property, "has %d bytes instead of 32".formatted(key.length), ADVICE);
		}
		return key;
	}

	@Override
	public String toString() {
		return "EncryptionProperties[keys=" + this.keys.keySet() + "]";
	}

}
