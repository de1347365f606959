package io.github.rediskit.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CompressionTests {

	private static final int MOST = 1 << 20;

	private final Compression compression = new Compression(100, MOST);

	@Test
	void whatRepeatsBecomesSmallerAndIsRestored() {
		byte[] bytes = "some text that repeats; ".repeat(1000).getBytes(StandardCharsets.UTF_8);

		byte[] compressed = this.compression.compress(bytes);

		assertThat(compressed).hasSizeLessThan(bytes.length / 10);
		assertThat(this.compression.decompress(compressed, 0, compressed.length)).isEqualTo(bytes);
	}

	@Test
	void everySizeIsRestored() {
		for (int size = 0; size < 3000; size++) {
			byte[] bytes = new byte[size];
			Arrays.fill(bytes, (byte) size);
			byte[] compressed = new Compression(0, MOST).compress(bytes);
			if (compressed != null) {
				assertThat(compressed).hasSizeLessThan(size);
				assertThat(this.compression.decompress(compressed, 0, compressed.length)).isEqualTo(bytes);
			}
		}
		assertThat(this.compression.compress(new byte[MOST])).isNotNull();
	}

	@Test
	void whatWouldNotBecomeSmallerIsLeftAsItIs() {
		byte[] noise = new byte[10_000];
		new Random(1).nextBytes(noise);

		assertThat(this.compression.compress(noise)).isNull();
	}

	@Test
	void whatIsShortOrTooLongIsLeftAsItIs() {
		assertThat(this.compression.compress(new byte[99])).isNull();
		assertThat(this.compression.compress(new byte[100])).isNotNull();
		assertThat(this.compression.compress(new byte[MOST + 1])).isNull();
		assertThat(new Compression(-1, MOST).compress(new byte[1000])).isNull();
	}

	@Test
	void settingsThatDoNotCompressStillRestore() {
		byte[] compressed = this.compression.compress(new byte[1000]);

		assertThat(new Compression(-1, MOST).decompress(compressed, 0, compressed.length)).isEqualTo(new byte[1000]);
	}

	@Test
	void aBombIsRefusedWhateverItSaysOfItself() {
		byte[] bomb = deflated(new byte[64 << 20]);

		for (int declared : new int[] { 64 << 20, MOST + 1, MOST, MOST - 1, 100, 1, 0, -1, Integer.MIN_VALUE,
				Integer.MAX_VALUE }) {
			refused(declared, bomb);
		}
	}

	@Test
	void aFewBytesCannotMakeTheReaderAllocateMany() {
		refused(MOST, deflated(new byte[10]));
		refused(MOST, new byte[0]);
	}

	@Test
	void moreOrLessThanDeclaredIsRefused() {
		byte[] deflated = deflated(new byte[1000]);
		refused(999, deflated);
		refused(1001, deflated);
		refused(1000, Arrays.copyOf(deflated, deflated.length - 1));
		refused(1000, Arrays.copyOf(deflated, deflated.length + 1));
	}

	@Test
	void whateverElseIsRefused() {
		Random random = new Random(2);
		for (int i = 0; i < 20_000; i++) {
			byte[] bytes = new byte[random.nextInt(40)];
			random.nextBytes(bytes);
			if (bytes.length > 4) {
				ByteBuffer.wrap(bytes).putInt(random.nextInt(60));
			}
			try {
				assertThat(this.compression.decompress(bytes, 0, bytes.length)).hasSizeLessThan(60);
			}
			catch (CodecException ex) {
				assertThat(ex).hasNoCause();
			}
		}
	}

	private void refused(int declared, byte[] deflated) {
		byte[] bytes = ByteBuffer.allocate(Integer.BYTES + deflated.length).putInt(declared).put(deflated).array();
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> this.compression.decompress(bytes, 0, bytes.length));
	}

	private static byte[] deflated(byte[] bytes) {
		Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
		deflater.setInput(bytes);
		deflater.finish();
		byte[] result = new byte[bytes.length + 100];
		int length = deflater.deflate(result);
		deflater.end();
		return Arrays.copyOf(result, length);
	}

}
