package io.github.rediskit.autoconfigure;

import java.util.Set;

import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.cache.CacheSettings.Storage;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * What the settings of a cache may say about how values are stored, which depends on what
 * else the application has.
 *
 * @param keys the ids of its encryption keys
 * @param cbor whether it has what writes CBOR
 */
record StorageRules(Set<String> keys, boolean cbor) {

	private static final String CBOR = "tools.jackson.dataformat.cbor.CBORFactory";

	static StorageRules of(EncryptionKeys keys, @Nullable ClassLoader classes) {
		return new StorageRules(keys.ids(), ClassUtils.isPresent(CBOR, classes));
	}

	void check(String prefix, Storage storage) {
		if (storage.maxSize() <= 0) {
			throw new InvalidSettingException(prefix + ".max-value-size", "is not positive",
					"Write how large a value may be, such as 1MB.");
		}
		if (storage.format() == Format.CBOR && !this.cbor) {
			throw new InvalidSettingException(prefix + ".format", "is cbor, but what writes it is not on the classpath",
					"Add the dependency tools.jackson.dataformat:jackson-dataformat-cbor, or write json.");
		}
		String key = storage.encryptionKey();
		if (key != null) {
			requireKey(prefix, key, this.keys);
		}
	}

	static void requireKey(String prefix, String key, Set<String> keys) {
		if (!keys.contains(key)) {
			throw new InvalidSettingException(prefix + ".encryption.key-id", problem(key),
					(keys.isEmpty() ? "Set rediskit.encryption.keys.<id>. "
							: "Under rediskit.encryption.keys there are: " + String.join(", ", keys) + ". ")
							+ EncryptionProperties.ADVICE);
		}
	}

	/** What can't be an id may be a key in the wrong place, and is not shown. */
	private static String problem(String key) {
		return EncryptionKeys.isId(key) ? "names the encryption key '%s', which does not exist".formatted(key)
				: "is not the id of an encryption key";
	}

}
