package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.github.rediskit.codec.CodecException;
import io.github.rediskit.codec.Compression;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.script.StreamEntry;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of one stream or queue look like in Redis: a field {@code v} with the
 * format's version and what was done to the payload, and the field {@code payload} with
 * its JSON, compressed and encrypted if that is configured. Records of other programs
 * have none of these, and whatever fields they like.
 *
 * <pre>
 * v        1, then c if the payload is compressed, then e if it is encrypted
 * payload  the JSON
 * </pre>
 */
final class MessageFormat {

	private static final byte[] VERSION = ascii("v");

	private static final byte[] PAYLOAD = ascii("payload");

	private static final byte[] ID = ascii("message.id");

	private static final byte[] GROUP = ascii("replay.group");

	private static final int MOST_INFLATED = 64 << 20;

	private static final byte[] PLAIN = ascii("1");

	private final String name;

	private final MessageCodecs codecs;

	private final MessageSettings.Storage settings;

	private final Compression compression;

	private final EncryptionKeys encryption;

	private final byte[] stream;

	MessageFormat(String name, MessageCodecs codecs, MessageSettings.Storage settings, EncryptionKeys encryption,
			byte[] stream) {
		this.name = name;
		this.codecs = codecs;
		this.settings = settings;
		this.compression = new Compression(settings.compressFrom(), MOST_INFLATED);
		this.encryption = encryption;
		this.stream = stream;
	}

	/** The fields of a message, each followed by its value, and those beside it. */
	byte[][] write(Object message, Map<String, String> travelling) {
		byte[] payload = this.codecs.write(message);
		byte[] version = PLAIN;
		byte[] compressed = this.compression.compress(payload);
		if (compressed != null) {
			payload = compressed;
			version = ascii("1c");
		}
		String key = this.settings.encryptionKey();
		if (key != null) {
			version = ascii((compressed != null) ? "1ce" : "1e");
			payload = this.encryption.encrypt(key, payload, version, this.stream);
		}
		if (payload.length > this.settings.maxSize()) {
			throw new MessageTooLargeException(this.name, payload.length, this.settings.maxSize());
		}
		byte[][] fields = new byte[4 + 2 * travelling.size()][];
		fields[0] = VERSION;
		fields[1] = version;
		fields[2] = PAYLOAD;
		fields[3] = payload;
		int at = 4;
		for (Map.Entry<String, String> field : travelling.entrySet()) {
			fields[at++] = field.getKey().getBytes(StandardCharsets.UTF_8);
			fields[at++] = field.getValue().getBytes(StandardCharsets.UTF_8);
		}
		return fields;
	}

	/** Nobody could read it. */
	static void require(@Nullable Object message, String name) {
		Objects.requireNonNull(message, () -> "A message for '%s' must not be null".formatted(name));
	}

	/** The JSON of a message; {@code null} if it has no payload. */
	byte @Nullable [] payload(StreamEntry entry) {
		byte[] payload = entry.get(PAYLOAD);
		byte[] stated = entry.get(VERSION);
		String version = (payload == null || stated == null) ? "1" : new String(stated, StandardCharsets.ISO_8859_1);
		boolean encrypted = version.endsWith("e");
		if (this.settings.encryptionKey() != null && !encrypted) {
			throw new UnreadableMessageException("It is not encrypted, and all messages should be", null);
		}
		if (payload == null) {
			return null;
		}
		try {
			return switch (version) {
				case "1" -> payload;
				case "1c" -> this.compression.decompress(payload, 0, payload.length);
				case "1e" -> decrypted(payload, version);
				case "1ce" -> {
					byte[] plain = decrypted(payload, version);
					yield this.compression.decompress(plain, 0, plain.length);
				}
				default -> throw new UnreadableMessageException(
						"Its format is not known here: another version of the library wrote it", null);
			};
		}
		catch (CodecException ex) {
			throw new UnreadableMessageException(String.valueOf(ex.getMessage()), ex);
		}
	}

	private byte[] decrypted(byte[] payload, String version) {
		return this.encryption.decrypt(payload, 0, ascii(version), this.stream);
	}

	/** The fields as text, without those of the format; {@code payload} is its JSON. */
	Map<String, String> fields(StreamEntry entry) {
		Map<String, String> fields = new LinkedHashMap<>();
		byte[] payload = payload(entry);
		for (int i = 0; i + 1 < entry.fields().size(); i += 2) {
			fields.put(text(entry.fields().get(i)), text(entry.fields().get(i + 1)));
		}
		fields.remove(text(ID));
		fields.remove(text(GROUP));
		if (payload != null) {
			fields.remove(text(VERSION));
			fields.put(text(PAYLOAD), text(payload));
		}
		return fields;
	}

	<M> M read(StreamEntry entry, MessageCodecs.Reader<M> reader) {
		byte[] payload = payload(entry);
		try {
			return (payload != null) ? reader.read(payload) : reader.bind(fields(entry));
		}
		catch (CodecException ex) {
			throw new UnreadableMessageException(String.valueOf(ex.getMessage()), ex);
		}
	}

	/** The id that a message was given, else that of its record. */
	static String id(StreamEntry entry) {
		byte[] given = entry.get(ID);
		return (given != null) ? text(given) : entry.id();
	}

	/** Whether a message was replayed for another group than this one. */
	static boolean isForAnother(StreamEntry entry, String group) {
		byte[] replayed = entry.get(GROUP);
		return replayed != null && !text(replayed).equals(group);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
