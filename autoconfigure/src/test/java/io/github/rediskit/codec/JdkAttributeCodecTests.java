package io.github.rediskit.codec;

import java.io.Serializable;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.github.rediskit.codec.SessionValues.Bean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class JdkAttributeCodecTests {

	private static final byte[] PLACE = { 1 };

	private static final byte[] ELSEWHERE = { 2 };

	private static final AttributeTypes TYPES = AttributeTypes.of(List.of(SessionValues.ALLOWED),
			JdkAttributeCodecTests.class.getClassLoader());

	private static final AttributeCodec JDK = JdkAttributeCodec.of(TYPES);

	private static final AttributeCodec JSON = JsonAttributeCodec.of(TYPES, List.of());

	private final EncryptionKeys keys = new EncryptionKeys(Map.of("new", new byte[32], "old", key(1)),
			new SecureRandom());

	private static byte[] key(int first) {
		byte[] key = new byte[32];
		key[0] = (byte) first;
		return key;
	}

	static Stream<Object> values() {
		return SessionValues.values();
	}

	@ParameterizedTest
	@MethodSource("values")
	void comesBackAsWhatItWas(Object value) {
		Object again = JDK.decode(PLACE, "a", JDK.encode(PLACE, "a", value));

		assertThat(Objects.deepEquals(again, value)).isTrue();
		assertThat(again.getClass()).isEqualTo(value.getClass());
	}

	@ParameterizedTest
	@MethodSource("values")
	void comesBackThroughCompressionAndEncryption(Object value) {
		for (AttributeCodec codec : List.of(JSON, JDK)) {
			AttributeCodec sealed = codec.compressed(new Compression(10, 1_000_000)).encrypted(this.keys, "new");
			byte[] bytes = sealed.encode(PLACE, "a", value);

			assertThat(bytes[0]).isEqualTo((byte) 4);
			assertThat(Objects.deepEquals(sealed.decode(PLACE, "a", bytes), value)).isTrue();
		}
	}

	@Test
	void whatIsNotAllowedIsRefusedByName() {
		record Hidden(Object value) implements Serializable {
		}
		for (Object value : List.of(new Hidden(1), List.of(new Hidden(1)), new Hidden[] { new Hidden(1) },
				Map.of("a", Map.of("b", new Hidden(1))))) {
			assertThatExceptionOfType(CodecException.class).isThrownBy(() -> JDK.encode(PLACE, "basket", value))
				.withMessageContaining("'basket'")
				.withMessageContaining("JdkAttributeCodecTests$1Hidden")
				.withMessageContaining("rediskit.session.allowed-types");
		}
	}

	@Test
	void whatIsNotSerializableIsRefusedByName() {
		Bean bean = new Bean();
		bean.any = new Object();

		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> JDK.encode(PLACE, "basket", bean))
			.withMessageContaining("'basket'")
			.withMessageContaining("java.lang.Object");
	}

	@Test
	void neitherReadsWhatTheOtherWroteAndSaysWhatItIs() {
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> JSON.decode(PLACE, "a", JDK.encode(PLACE, "a", "x")))
			.withMessage("The session attribute 'a' should be JSON, but is in Java's serialization");
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> JDK.decode(PLACE, "a", JSON.encode(PLACE, "a", "x")))
			.withMessage("The session attribute 'a' should be in Java's serialization, but is JSON");
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> JDK.decode(PLACE, "a", new byte[0]))
			.withMessageContaining("neither");
		for (AttributeCodec codec : List.of(JSON, JDK)) {
			byte[] encrypted = codec.encrypted(this.keys, "new").encode(PLACE, "a", "x");
			assertThatExceptionOfType(CodecException.class).isThrownBy(() -> codec.decode(PLACE, "a", encrypted))
				.withMessageContaining("encrypted");
		}
	}

	@Test
	void anEncryptedAttributeIsReadWhereItWasWrittenAndNowhereElse() {
		AttributeCodec codec = JSON.encrypted(this.keys, "new");
		byte[] bytes = codec.encode(PLACE, "role", "admin");

		assertThat(codec.decode(PLACE, "role", bytes)).isEqualTo("admin");
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> codec.decode(ELSEWHERE, "role", bytes));
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> codec.decode(PLACE, "nickname", bytes));
		for (int i = 0; i < bytes.length; i++) {
			byte[] changed = bytes.clone();
			changed[i] ^= 1;
			assertThatExceptionOfType(CodecException.class).isThrownBy(() -> codec.decode(PLACE, "role", changed));
		}
	}

	@Test
	void whoTurnsEncryptionOnBelievesNothingThatIsNotEncrypted() {
		byte[] plain = JSON.encode(PLACE, "role", "admin");

		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> JSON.encrypted(this.keys, "new").decode(PLACE, "role", plain))
			.withMessage("The session attribute 'role' should be encrypted, but is JSON");
	}

	@Test
	void anOldKeyIsStillReadWith() {
		byte[] old = JSON.encrypted(this.keys, "old").encode(PLACE, "a", 1L);

		assertThat(JSON.encrypted(this.keys, "new").decode(PLACE, "a", old)).isEqualTo(1L);
		assertThatIllegalArgumentException().isThrownBy(() -> JSON.encrypted(this.keys, "gone"));
	}

	@Test
	void compressionCanBeTurnedOnAndOff() {
		List<String> value = List.of("x".repeat(10_000));
		AttributeCodec on = JSON.compressed(new Compression(100, 100_000));
		AttributeCodec off = JSON.compressed(new Compression(-1, 100_000));
		byte[] small = on.encode(PLACE, "a", value);
		byte[] large = off.encode(PLACE, "a", value);

		assertThat(small).hasSizeLessThan(large.length / 50);
		assertThat(on.decode(PLACE, "a", large)).isEqualTo(value);
		assertThat(off.decode(PLACE, "a", small)).isEqualTo(value);
		assertThat(on.encode(PLACE, "a", 1)).isEqualTo(off.encode(PLACE, "a", 1));
	}

}
