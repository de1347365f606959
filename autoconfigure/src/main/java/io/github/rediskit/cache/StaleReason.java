package io.github.rediskit.cache;

/**
 * Why a call was answered with a value that is past its time to live.
 */
public enum StaleReason {

	/** It is being loaded again in the background. */
	REVALIDATING,

	/** It could not be loaded again. */
	LOAD_FAILED,

	/** Loading it again takes too long. */
	LOAD_SLOW

}
