package io.github.rediskit.redis;

import java.nio.ByteBuffer;

/**
 * What is subscribed to: a channel, or all channels that match a pattern.
 */
public sealed interface Subscribed {

	/**
	 * The name in Redis.
	 * @return its bytes, not to be changed
	 */
	ByteBuffer name();

	/**
	 * A channel.
	 *
	 * @param name its name in Redis
	 */
	record Channel(ByteBuffer name) implements Subscribed {

		/**
		 * Creates it.
		 * @param name the name, which is not to be changed any more
		 */
		public Channel(byte[] name) {
			this(ByteBuffer.wrap(name));
		}

	}

	/**
	 * A pattern.
	 *
	 * @param name the pattern in Redis
	 */
	record Pattern(ByteBuffer name) implements Subscribed {

		/**
		 * Creates it.
		 * @param name the pattern, which is not to be changed any more
		 */
		public Pattern(byte[] name) {
			this(ByteBuffer.wrap(name));
		}

	}

}
