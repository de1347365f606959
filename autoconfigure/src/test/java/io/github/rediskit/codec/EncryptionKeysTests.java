package io.github.rediskit.codec;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EncryptionKeysTests {

	private static final byte[] FIRST = key(1);

	private static final byte[] SECOND = key(2);

	private static final byte[] PLAIN = "what nobody may read".getBytes(StandardCharsets.UTF_8);

	private static final byte[] HEADER = { 1, 2, 3 };

	private static final byte[] PLACE = "shop:cache:products:{42}".getBytes(StandardCharsets.UTF_8);

	private final EncryptionKeys keys = keys(Map.of("2025", FIRST, "2026", SECOND));

	@Test
	void whatIsEncryptedIsDecryptedAndNotReadable() {
		byte[] encrypted = this.keys.encrypt("2026", PLAIN, HEADER, PLACE);

		assertThat(this.keys.decrypt(encrypted, 0, HEADER, PLACE)).isEqualTo(PLAIN);
		assertThat(text(encrypted)).startsWith("\u00042026").doesNotContain("nobody", "42}");
		assertThat(encrypted).hasSize(1 + 4 + 12 + PLAIN.length + 16);
	}

	@Test
	void emptyBytesCanBeEncrypted() {
		byte[] encrypted = this.keys.encrypt("2026", new byte[0], HEADER, PLACE);

		assertThat(this.keys.decrypt(encrypted, 0, HEADER, PLACE)).isEmpty();
	}

	@Test
	void anyBitThatIsChangedAnywhereIsFound() {
		byte[] encrypted = this.keys.encrypt("2026", PLAIN, HEADER, PLACE);

		for (int bit = 0; bit < encrypted.length * 8; bit++) {
			byte[] changed = encrypted.clone();
			changed[bit / 8] ^= (byte) (1 << (bit % 8));
			refused(this.keys, changed, HEADER, PLACE);
		}
	}

	@Test
	void bytesThatAreCutOffAreFound() {
		byte[] encrypted = this.keys.encrypt("2026", PLAIN, HEADER, PLACE);

		for (int length = 0; length < encrypted.length; length++) {
			refused(this.keys, Arrays.copyOf(encrypted, length), HEADER, PLACE);
		}
		refused(this.keys, Arrays.copyOf(encrypted, encrypted.length + 1), HEADER, PLACE);
	}

	@Test
	void whatIsAssociatedMustBeTheSameAndDividedAlike() {
		byte[] encrypted = this.keys.encrypt("2026", PLAIN, HEADER, PLACE);

		refused(this.keys, encrypted, HEADER, "shop:cache:products:{43}".getBytes(StandardCharsets.UTF_8));
		refused(this.keys, encrypted, new byte[] { 1, 2, 4 }, PLACE);
		refused(this.keys, encrypted, new byte[0], join(HEADER, PLACE));
		refused(this.keys, encrypted, join(HEADER, PLACE));
	}

	@Test
	void theKeyOfTheSameIdMustBeTheSame() {
		byte[] encrypted = this.keys.encrypt("2026", PLAIN, HEADER, PLACE);

		refused(keys(Map.of("2026", FIRST)), encrypted, HEADER, PLACE);
		refused(keys(Map.of("2025", SECOND)), encrypted, HEADER, PLACE);
		refused(EncryptionKeys.none(), encrypted, HEADER, PLACE);
	}

	@Test
	void whatAnOldKeyHasEncryptedIsReadAsLongAsThatIsThere() {
		byte[] old = keys(Map.of("2025", FIRST)).encrypt("2025", PLAIN, HEADER, PLACE);

		assertThat(this.keys.decrypt(old, 0, HEADER, PLACE)).isEqualTo(PLAIN);
	}

	@Test
	void noNonceIsUsedTwice() {
		Set<String> nonces = new HashSet<>();
		for (int i = 0; i < 10_000; i++) {
			byte[] encrypted = this.keys.encrypt("2026", PLAIN);
			nonces.add(HexFormat.of().formatHex(encrypted, 5, 17));
		}
		assertThat(nonces).hasSize(10_000);
	}

	@Test
	void theKeysAreShownNowhere() {
		String secret = Base64.getEncoder().encodeToString(SECOND);
		byte[] foreign = keys(Map.of("2026", FIRST)).encrypt("2026", PLAIN);

		assertThat(this.keys).hasToString("EncryptionKeys[2025, 2026]");
		assertThatExceptionOfType(DecryptionException.class).isThrownBy(() -> this.keys.decrypt(foreign, 0))
			.withNoCause();
		assertThatIllegalArgumentException().isThrownBy(() -> this.keys.encrypt("2027", PLAIN))
			.withMessage("There is no encryption key '2027', but [2025, 2026]");
		assertThatIllegalArgumentException().isThrownBy(() -> keys(Map.of(secret, FIRST)))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain(secret));
	}

	@Test
	void wrongIdsAndLengthsAreRefused() {
		for (String id : new String[] { "", "a b", "a:b", "ä", "a".repeat(33), "a\n" }) {
			assertThatIllegalArgumentException().isThrownBy(() -> keys(Map.of(id, FIRST)));
		}
		for (int length : new int[] { 0, 16, 24, 31, 33 }) {
			assertThatIllegalArgumentException().isThrownBy(() -> keys(Map.of("a", new byte[length])))
				.withMessage("The encryption key 'a' has %d bytes instead of 32".formatted(length));
		}
	}

	private static void refused(EncryptionKeys keys, byte[] encrypted, byte[]... associated) {
		assertThatExceptionOfType(DecryptionException.class).isThrownBy(() -> keys.decrypt(encrypted, 0, associated));
	}

	private static EncryptionKeys keys(Map<String, byte[]> keys) {
		return new EncryptionKeys(keys, new SecureRandom());
	}

	private static byte[] key(int fill) {
		byte[] key = new byte[EncryptionKeys.KEY_LENGTH];
		Arrays.fill(key, (byte) fill);
		return key;
	}

	private static byte[] join(byte[] one, byte[] other) {
		byte[] result = Arrays.copyOf(one, one.length + other.length);
		System.arraycopy(other, 0, result, one.length, other.length);
		return result;
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

}
