package io.github.rediskit.messaging;

/**
 * A message that a listener could not handle. Nobody keeps published messages: unless the
 * error handler does something with it, it is gone.
 *
 * @param listener the id of the listener
 * @param channel the channel to which it was published
 * @param message what was published; it is not part of the text of this record
 * @param cause what the listener threw, or why the message is none for it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record ListenerFailure(String listener, String channel, byte[] message, Throwable cause) {

	@Override
	public String toString() {
		return "The listener '%s' failed to handle a message of the channel '%s' (%d bytes)".formatted(this.listener,
				this.channel, this.message.length);
	}

}
