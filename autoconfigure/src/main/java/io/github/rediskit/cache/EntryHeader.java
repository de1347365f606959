package io.github.rediskit.cache;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * What stands before the payload of an entry in Redis. The first {@link #STAMP_LENGTH}
 * bytes say for whom the payload is readable; a script compares them as they are.
 *
 * <pre>
 *  0  1  format version            18  1  flags
 *  1  1  codec                     19  1  number of tags
 *  2  8  the cache's generation    20  8  created at, ms since 1970
 * 10  8  type fingerprint          28  4  load time, ms
 *                                  32  8  fresh, 40  8  stale, 48  8  error window, ms
 *                                  56 16  per tag: its digest and generation
 * </pre>
 *
 * @param isNull whether the value is {@code null} and there is no payload
 * @param createdAt when the value was loaded, in ms since 1970 by the writer's clock
 * @param loadTime how long the load took
 * @param fresh how long the value is fresh from its creation
 */
record EntryHeader(boolean isNull, long createdAt, Duration loadTime, Duration fresh) {

	static final byte VERSION = 1;

	static final int STAMP_LENGTH = 18;

	static final int LENGTH = 56;

	private static final int GENERATION = 2;

	private static final int FINGERPRINT = 10;

	private static final int FLAGS = 18;

	private static final byte NULL_FLAG = 1;

	/** Flags that this version knows how to read. */
	private static final byte KNOWN_FLAGS = NULL_FLAG;

	static byte[] stamp(byte codec, byte[] generation, long fingerprint) {
		return ByteBuffer.allocate(STAMP_LENGTH).put(VERSION).put(codec).put(generation).putLong(fingerprint).array();
	}

	byte[] entry(byte[] stamp, byte[] payload) {
		return ByteBuffer.allocate(LENGTH + payload.length)
			.put(stamp)
			.put(this.isNull ? NULL_FLAG : 0)
			.put((byte) 0)
			.putLong(this.createdAt)
			.putInt((int) Math.min(this.loadTime.toMillis(), Integer.MAX_VALUE))
			.putLong(this.fresh.toMillis())
			.putLong(0)
			.putLong(0)
			.put(payload)
			.array();
	}

	/** Why an entry can't be used by a reader, or {@code null} if it can. */
	static @Nullable MissReason mismatch(byte[] entry, byte codec, byte[] generation, long fingerprint) {
		if (entry.length < LENGTH || entry[0] != VERSION || entry[1] != codec || (entry[FLAGS] & ~KNOWN_FLAGS) != 0
				|| entry[FLAGS + 1] != 0 || isNull(entry) != (entry.length == LENGTH)) {
			return MissReason.FORMAT;
		}
		if (!Arrays.equals(entry, GENERATION, GENERATION + Long.BYTES, generation, 0, Long.BYTES)) {
			return MissReason.INVALIDATED;
		}
		return (ByteBuffer.wrap(entry).getLong(FINGERPRINT) != fingerprint) ? MissReason.SCHEMA : null;
	}

	static boolean isNull(byte[] entry) {
		return (entry[FLAGS] & NULL_FLAG) != 0;
	}

}
