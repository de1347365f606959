package io.github.rediskit.cache;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
 * @param flags what is to be known about the payload
 * @param createdAt when the value was stored, in ms since 1970 by the server's clock
 * @param loadMillis how long the load took
 * @param freshMillis how long the value is fresh from its creation
 * @param staleMillis for how long after that it is served while it is loaded again
 * @param errorMillis for how long after it was fresh it is served if loading fails
 * @param tags the tags and which generation of each it belongs to
 */
record EntryHeader(byte flags, long createdAt, long loadMillis, long freshMillis, long staleMillis, long errorMillis,
		List<TagStamp> tags) {

	static final byte VERSION = 1;

	static final int STAMP_LENGTH = 18;

	/** The length without tags. */
	static final int LENGTH = 56;

	static final int MOST_TAGS = 64;

	/** The value is {@code null}; there is no payload, unless it is encrypted. */
	static final byte NULL = 1;

	/** The payload is compressed. */
	static final byte COMPRESSED = 2;

	/** The payload is encrypted, after it was compressed. */
	static final byte ENCRYPTED = 4;

	/** The entry lives on with each call. */
	static final byte SLIDING = 8;

	/** Flags that this version knows how to read. */
	private static final byte KNOWN_FLAGS = NULL | COMPRESSED | ENCRYPTED | SLIDING;

	/** In ms: some 280 years, or the year 2248. */
	private static final long LATEST = 1L << 43;

	private static final int GENERATION = 2;

	private static final int FINGERPRINT = 10;

	private static final int FLAGS = 18;

	private static final int TAG_COUNT = 19;

	private static final int CREATED_AT = 20;

	private static final int TAG_LENGTH = 2 * Long.BYTES;

	static byte[] stamp(byte codec, byte[] generation, long fingerprint) {
		return ByteBuffer.allocate(STAMP_LENGTH).put(VERSION).put(codec).put(generation).putLong(fingerprint).array();
	}

	/**
	 * The header as bytes.
	 * @param stamp for whom the payload is readable
	 * @return the bytes before the payload
	 */
	byte[] bytes(byte[] stamp) {
		ByteBuffer bytes = ByteBuffer.allocate(LENGTH + TAG_LENGTH * this.tags.size())
			.put(stamp)
			.put(this.flags)
			.put((byte) this.tags.size())
			.putLong(this.createdAt)
			.putInt((int) Math.min(this.loadMillis, Integer.MAX_VALUE))
			.putLong(this.freshMillis)
			.putLong(this.staleMillis)
			.putLong(this.errorMillis);
		this.tags.forEach((tag) -> bytes.putLong(tag.digest()).putLong(tag.generation()));
		return bytes.array();
	}

	/**
	 * Reads the header of an entry.
	 * @param entry an entry in which {@link #mismatch} has found nothing
	 * @return its header
	 */
	static EntryHeader of(byte[] entry) {
		ByteBuffer bytes = ByteBuffer.wrap(entry, CREATED_AT, entry.length - CREATED_AT);
		return new EntryHeader(entry[FLAGS], bytes.getLong(), bytes.getInt(), bytes.getLong(), bytes.getLong(),
				bytes.getLong(), tags(bytes, entry[TAG_COUNT]));
	}

	private static List<TagStamp> tags(ByteBuffer bytes, int count) {
		if (count == 0) {
			return List.of();
		}
		List<TagStamp> result = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			result.add(new TagStamp(bytes.getLong(), bytes.getLong()));
		}
		return result;
	}

	/** Where the payload begins. */
	static int length(byte[] entry) {
		return LENGTH + TAG_LENGTH * entry[TAG_COUNT];
	}

	/** How an entry begins: enough to tell it from others. */
	static byte[] beginning(byte[] entry) {
		int length = (entry.length < LENGTH || entry[TAG_COUNT] < 0) ? LENGTH : length(entry);
		return Arrays.copyOf(entry, Math.min(entry.length, length));
	}

	/** Why an entry can't be used by a reader, or {@code null} if it can. */
	static @Nullable MissReason mismatch(byte[] entry, byte codec, byte[] generation, long fingerprint) {
		if (entry.length < LENGTH || entry[0] != VERSION || entry[1] != codec || (entry[FLAGS] & ~KNOWN_FLAGS) != 0
				|| entry[TAG_COUNT] < 0 || entry[TAG_COUNT] > MOST_TAGS || entry.length < length(entry)
				|| (entry.length == length(entry)) != ((entry[FLAGS] & (NULL | ENCRYPTED)) == NULL)
				|| !isPossible(ByteBuffer.wrap(entry, CREATED_AT, LENGTH - CREATED_AT))) {
			return MissReason.FORMAT;
		}
		if (!Arrays.equals(entry, GENERATION, GENERATION + Long.BYTES, generation, 0, Long.BYTES)) {
			return MissReason.INVALIDATED;
		}
		return (ByteBuffer.wrap(entry).getLong(FINGERPRINT) != fingerprint) ? MissReason.SCHEMA : null;
	}

	/** Whoever reckons with these times need not fear that they overflow. */
	private static boolean isPossible(ByteBuffer times) {
		long createdAt = times.getLong();
		int loadMillis = times.getInt();
		boolean possible = createdAt >= 0 && createdAt <= LATEST && loadMillis >= 0;
		while (times.hasRemaining()) {
			long millis = times.getLong();
			possible &= millis >= 0 && millis <= LATEST;
		}
		return possible;
	}

	static boolean has(byte[] entry, byte flag) {
		return (entry[FLAGS] & flag) != 0;
	}

	boolean has(byte flag) {
		return (this.flags & flag) != 0;
	}

	/** The same with more flags. */
	EntryHeader with(int more) {
		return new EntryHeader((byte) (this.flags | more), this.createdAt, this.loadMillis, this.freshMillis,
				this.staleMillis, this.errorMillis, this.tags);
	}

	/**
	 * A tag of an entry.
	 *
	 * @param digest which tag
	 * @param generation which generation of it
	 */
	record TagStamp(long digest, long generation) {
	}

}
