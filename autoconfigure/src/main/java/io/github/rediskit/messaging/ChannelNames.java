package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;

/**
 * What channels are called in Redis: as the application calls them, so that other
 * programs find them, or with a prefix that keeps the application's own apart.
 *
 * @param prefix what comes first in Redis, perhaps nothing
 */
public record ChannelNames(String prefix) {

	/** Channels as they are given. */
	public static final ChannelNames AS_GIVEN = new ChannelNames("");

	/**
	 * The name in Redis.
	 * @param channel the channel or pattern as the application calls it
	 * @return its bytes
	 */
	public byte[] inRedis(String channel) {
		return (this.prefix + channel).getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * The name in the application, as bytes.
	 * @param channel the channel or pattern in Redis
	 * @return how the application calls it
	 */
	public byte[] withoutPrefix(byte[] channel) {
		return this.prefix.isEmpty() ? channel : inApplication(channel).getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * The name in the application.
	 * @param channel the channel or pattern in Redis
	 * @return how the application calls it
	 */
	public String inApplication(byte[] channel) {
		String name = new String(channel, StandardCharsets.UTF_8);
		return name.startsWith(this.prefix) ? name.substring(this.prefix.length()) : name;
	}

}
