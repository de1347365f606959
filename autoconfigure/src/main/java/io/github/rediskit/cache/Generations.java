package io.github.rediskit.cache;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Which invalidations of many entries a caller has seen.
 *
 * @param cache the generation that entries must be of; {@code null} if there is none, or
 * it is not known
 * @param tags what changes with each invalidation of a tag; {@code null} likewise, and
 * where nothing is tagged
 */
@SuppressWarnings("ArrayRecordComponent")
record Generations(byte @Nullable [] cache, byte @Nullable [] tags) {

	static final Generations UNKNOWN = new Generations(null, null);

	/** Whether something of both is known, and differs. */
	boolean differFrom(Generations others) {
		return differ(this.cache, others.cache) || differ(this.tags, others.tags);
	}

	private static boolean differ(byte @Nullable [] one, byte @Nullable [] other) {
		return one != null && other != null && !Arrays.equals(one, other);
	}

}
