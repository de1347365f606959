package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.script.StreamEntry;
import org.jspecify.annotations.Nullable;

/**
 * A message that is to be handled.
 */
public final class ReceivedMessage {

	private final MessageInfo info;

	private final StreamEntry entry;

	private final MessageFormat format;

	ReceivedMessage(MessageInfo info, StreamEntry entry, MessageFormat format) {
		this.info = info;
		this.entry = entry;
		this.format = format;
	}

	/**
	 * What is known of it beside what it says.
	 * @return its ids and how often it was delivered
	 */
	public MessageInfo info() {
		return this.info;
	}

	/**
	 * What it says.
	 * @param <M> the type of the message
	 * @param reader reads such messages
	 * @return the message
	 * @throws UnreadableMessageException if it is none of this type
	 */
	public <M> M as(MessageCodecs.Reader<M> reader) {
		return this.format.read(this.entry, reader);
	}

	/**
	 * Its fields as they stand in Redis, as text; the field {@code payload} is the JSON.
	 * @return the fields by their names
	 * @throws UnreadableMessageException if the payload can't be decrypted or
	 * decompressed
	 */
	public Map<String, String> fields() {
		return this.format.fields(this.entry);
	}

	/**
	 * One field as it stands in Redis, such as one that travels beside the payload.
	 * @param name its name
	 * @return its value as text, or {@code null} if there is none
	 */
	public @Nullable String field(String name) {
		byte[] value = this.entry.get(name.getBytes(StandardCharsets.UTF_8));
		return (value != null) ? new String(value, StandardCharsets.UTF_8) : null;
	}

}
