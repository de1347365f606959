package io.github.rediskit.script;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The seam through which streams are read: what waits for entries needs a connection of
 * its own, since everything else on it would wait, too.
 */
@FunctionalInterface
public interface StreamReads {

	/**
	 * Makes a reader. Its connection is opened with the first read.
	 * @return the reader
	 */
	Reader reader();

	/**
	 * Reads entries of streams, one read at a time.
	 */
	interface Reader {

		/**
		 * Reads entries that no consumer of the group got yet. From now on the server
		 * counts them as delivered to this one.
		 * @param stream the key of the stream
		 * @param group the group
		 * @param consumer who reads
		 * @param count how many entries at most
		 * @param patience how long to wait if there are none; it may be shortened to what
		 * the connection allows
		 * @return the entries in their order; none if the wait ended. It ends with a
		 * {@link RedisUnavailableException} if there was no answer, in which case entries
		 * may count as delivered, or with a {@link RedisReplyException} if the server
		 * refused
		 */
		CompletionStage<List<StreamEntry>> read(byte[] stream, byte[] group, byte[] consumer, int count,
				Duration patience);

		/**
		 * Closes the connection. A read that waits ends with an exception; later ones do
		 * so at once.
		 * @return completed when it is closed
		 */
		CompletionStage<?> close();

	}

}
