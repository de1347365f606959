package io.github.rediskit.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import org.jspecify.annotations.Nullable;

/**
 * Makes bytes fewer by DEFLATE, RFC 1951: how many they were in four bytes, then the
 * compressed ones. Whoever made the bytes to decompress decides neither how much memory
 * nor how much time that takes: what says that it is more than {@code most} is refused
 * before, and so is more than DEFLATE could have made so small; what says less than it is
 * is refused as soon as that has been reached.
 *
 * @param from from how many bytes on it is tried; negative for never
 * @param most how many bytes there may be at most before compression
 */
public record Compression(long from, int most) {

	/** No more than this comes out of one byte. */
	private static final long BEST_RATIO = 1032;

	/**
	 * Compresses bytes.
	 * @param bytes the bytes
	 * @return fewer bytes; {@code null} if they are not to be compressed, or would not be
	 * fewer
	 */
	public byte @Nullable [] compress(byte[] bytes) {
		if (this.from < 0 || bytes.length < this.from || bytes.length > this.most
				|| bytes.length <= Integer.BYTES + 1) {
			return null;
		}
		byte[] result = new byte[bytes.length - 1];
		ByteBuffer.wrap(result).putInt(bytes.length);
		// what is saved in Redis and on the wire by more effort is less than it costs
		Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
		try {
			deflater.setInput(bytes);
			deflater.finish();
			int length = deflater.deflate(result, Integer.BYTES, result.length - Integer.BYTES);
			return deflater.finished() ? Arrays.copyOf(result, Integer.BYTES + length) : null;
		}
		finally {
			deflater.end();
		}
	}

	/**
	 * Restores what was compressed, whether or not these settings would compress it.
	 * @param bytes an array
	 * @param offset where the compressed bytes begin
	 * @param length how many they are
	 * @return the bytes as they were
	 * @throws CodecException if they are none, or more than may be
	 */
	public byte[] decompress(byte[] bytes, int offset, int length) {
		int compressed = length - Integer.BYTES;
		int declared = (compressed > 0) ? ByteBuffer.wrap(bytes, offset, length).getInt() : -1;
		if (declared < 0 || declared > this.most || declared > compressed * BEST_RATIO) {
			throw new CodecException("Compressed bytes do not say how many they were, or that they were too many",
					null);
		}
		byte[] result = new byte[declared];
		Inflater inflater = new Inflater(true);
		try {
			inflater.setInput(bytes, offset + Integer.BYTES, compressed);
			int inflated = inflate(inflater, result);
			if (inflated != declared || !isAtTheEnd(inflater)) {
				throw new CodecException("Compressed bytes are not as many as they say", null);
			}
			return result;
		}
		catch (DataFormatException ex) {
			throw new CodecException("Bytes that should be compressed are not", null);
		}
		finally {
			inflater.end();
		}
	}

	private static int inflate(Inflater inflater, byte[] result) throws DataFormatException {
		int length = 0;
		while (length < result.length) {
			int more = inflater.inflate(result, length, result.length - length);
			if (more == 0) {
				break;
			}
			length += more;
		}
		return length;
	}

	/** The end may still stand in the input when everything has come out. */
	private static boolean isAtTheEnd(Inflater inflater) throws DataFormatException {
		boolean nothingMore = inflater.finished() || inflater.inflate(new byte[1]) == 0;
		return nothingMore && inflater.finished() && inflater.getRemaining() == 0;
	}

}
