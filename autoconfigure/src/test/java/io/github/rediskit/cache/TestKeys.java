package io.github.rediskit.cache;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import io.github.rediskit.codec.EncryptionKeys;

/**
 * Encryption keys of a test: the same id is the same key.
 */
final class TestKeys {

	private TestKeys() {
	}

	static EncryptionKeys of(String... ids) {
		Map<String, byte[]> keys = new HashMap<>();
		for (String id : ids) {
			byte[] key = new byte[EncryptionKeys.KEY_LENGTH];
			Arrays.fill(key, (byte) id.hashCode());
			keys.put(id, key);
		}
		return new EncryptionKeys(keys, new SecureRandom());
	}

}
