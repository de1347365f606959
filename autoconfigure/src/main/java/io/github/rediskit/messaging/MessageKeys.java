package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one stream or queue, all of one slot of a cluster.
 *
 * @param stream the stream itself
 * @param dead its dead letters
 * @param delayed of a queue, the ids of delayed messages by their time
 * @param fields of a queue, the fields of delayed messages by their ids
 * @param channel of a queue, on which is said that an earlier message is delayed
 * @param handled what the keys of ids of handled messages begin with
 */
@SuppressWarnings("ArrayRecordComponent")
record MessageKeys(byte[] stream, byte[] dead, byte[] delayed, byte[] fields, byte[] channel, String handled) {

	/** A hash tag as a cluster sees it: the first braces with something in them. */
	private static final Pattern TAGGED = Pattern.compile("[^{]*\\{[^}]+}.*");

	private static final Pattern POSSIBLE = Pattern.compile("[!-~]{1,400}");

	static MessageKeys of(KeySpace keys, String feature, String name, @Nullable String asItStands) {
		if (asItStands == null) {
			byte[] stream = keys.tagged(feature, name);
			return of(stream, new String(stream, StandardCharsets.US_ASCII));
		}
		requirePossible(asItStands);
		boolean tagged = isTagged(asItStands);
		return of(asItStands.getBytes(StandardCharsets.US_ASCII), tagged ? asItStands : "{" + asItStands + "}");
	}

	/** Whether a key can be one of a stream, and its helpers live in its slot. */
	static void requirePossible(String key) {
		if (!POSSIBLE.matcher(key).matches()) {
			throw new InvalidSettingException("key", "can't be a key",
					"Write at most 400 letters, digits and signs, without blanks.");
		}
		if (!isTagged(key) && (key.contains("{") || key.contains("}"))) {
			throw new InvalidSettingException("key",
					"is '%s', whose dead letters could not live in the same slot of a cluster".formatted(key),
					"Write a key without braces, or with one part in them, such as other:{orders}.");
		}
	}

	private static boolean isTagged(String key) {
		return TAGGED.matcher(key).matches();
	}

	private static MessageKeys of(byte[] stream, String prefix) {
		return new MessageKeys(stream, bytes(prefix + ":dead"), bytes(prefix + ":delayed"), bytes(prefix + ":fields"),
				bytes(prefix + ":due"), prefix + ":handled:");
	}

	byte[] handledBy(String group) {
		return bytes(this.handled + group);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
