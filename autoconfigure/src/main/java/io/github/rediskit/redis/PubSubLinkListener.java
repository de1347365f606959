package io.github.rediskit.redis;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Told of what happens on a {@link PubSubLink}.
 */
public interface PubSubLinkListener {

	/**
	 * A message came; on an I/O thread, which must not be blocked.
	 * @param pattern the pattern that its channel matched; {@code null} if the channel
	 * itself is subscribed to
	 * @param channel the channel
	 * @param message the message
	 */
	void message(byte @Nullable [] pattern, byte[] channel, byte[] message);

	/**
	 * The subscriptions are not active. Told once, however many attempts fail.
	 * @param reason why
	 */
	void interrupted(String reason);

	/**
	 * As many attempts to subscribe have failed as are allowed.
	 * @param reason why the last one failed
	 */
	void gaveUp(String reason);

	/**
	 * The subscriptions are active again, or at last.
	 * @param since the last moment at which they were known to be well
	 * @param until the moment from which on they are again
	 */
	void restored(Instant since, Instant until);

	/**
	 * The server refused a subscription, which is tried again now and then.
	 * @param topic what was to be subscribed to
	 * @param reason what the server said
	 */
	void refused(Subscribed topic, String reason);

}
