package io.github.rediskit.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The fields of the hash that a session is in Redis. Times are milliseconds since 1970.
 *
 * <pre>
 * v  version of this format: 1
 * c  created, by the clock of the instance
 * s  last seen, by the clock of Redis
 * i  how long it lives unused, in milliseconds; negative for as long as possible
 * p  the user, if somebody is logged in
 * d  the device that he logged in with
 * a  the address that he logged in from
 * &#64;… an attribute
 * </pre>
 *
 * @param created when it began
 * @param lastSeen when it was used last
 * @param maxInactive how long it lives unused
 * @param principal the user, or {@code null}
 * @param device the device, or {@code null}
 * @param address the address, or {@code null}
 * @param attributes the attributes' bytes
 * @param remainingMillis how long it lives if it is not used; -1 for ever
 */
record SessionFields(Instant created, Instant lastSeen, Duration maxInactive, @Nullable String principal,
		@Nullable String device, @Nullable String address, Map<String, byte[]> attributes, long remainingMillis) {

	static final String VERSION = "v";

	static final String CREATED = "c";

	static final String LAST_SEEN = "s";

	static final String MAX_INACTIVE = "i";

	static final String PRINCIPAL = "p";

	static final String DEVICE = "d";

	static final String ADDRESS = "a";

	private static final String CURRENT_VERSION = "1";

	private static final char ATTRIBUTE = '@';

	/**
	 * Reads fields and values in turn.
	 * @return the session; {@code null} if it is none, or of another version
	 */
	static @Nullable SessionFields of(List<@Nullable Object> fields, long remainingMillis) {
		Map<String, byte[]> attributes = new LinkedHashMap<>();
		Map<String, String> others = new LinkedHashMap<>();
		for (int i = 0; i + 1 < fields.size(); i += 2) {
			String name = text(fields.get(i));
			if (name == null || !(fields.get(i + 1) instanceof byte[] value)) {
				return null;
			}
			if (!name.isEmpty() && name.charAt(0) == ATTRIBUTE) {
				attributes.put(name.substring(1), value);
			}
			else {
				others.put(name, new String(value, StandardCharsets.UTF_8));
			}
		}
		if (!CURRENT_VERSION.equals(others.get(VERSION))) {
			return null;
		}
		try {
			return new SessionFields(instant(others.get(CREATED)), instant(others.get(LAST_SEEN)),
					Duration.ofMillis(number(others.get(MAX_INACTIVE))), others.get(PRINCIPAL), others.get(DEVICE),
					others.get(ADDRESS), attributes, remainingMillis);
		}
		catch (RuntimeException ex) { // no number, or none that can be a time
			return null;
		}
	}

	/** The fields that make a hash a session, as they are. */
	static Map<String, byte @Nullable []> head(List<@Nullable Object> fields) {
		Map<String, byte @Nullable []> head = new LinkedHashMap<>();
		for (String name : List.of(VERSION, CREATED, LAST_SEEN, MAX_INACTIVE)) {
			head.put(name, null);
		}
		for (int i = 0; i + 1 < fields.size(); i += 2) {
			String name = text(fields.get(i));
			if (name != null && head.containsKey(name) && fields.get(i + 1) instanceof byte[] value) {
				head.put(name, value);
			}
		}
		return head;
	}

	/** Fields and values of a session that begins. */
	static void begin(Instant created, List<byte[]> set) {
		add(VERSION, CURRENT_VERSION, set);
		add(CREATED, Long.toString(created.toEpochMilli()), set);
	}

	static void add(String field, String value, List<byte[]> set) {
		set.add(bytes(field));
		set.add(bytes(value));
	}

	static byte[] attribute(String name) {
		return bytes(attributeField(name));
	}

	static String attributeField(String name) {
		return ATTRIBUTE + name;
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static @Nullable String text(@Nullable Object value) {
		return (value instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : null;
	}

	/** What lists of a user show: device, address, created and last seen. */
	static @Nullable UserSession shown(String handle, List<@Nullable Object> values) {
		try {
			return new UserSession(handle, orUnknown(values.get(0)), orUnknown(values.get(1)),
					instant(text(values.get(2))), instant(text(values.get(3))));
		}
		catch (RuntimeException ex) { // no number, or none that can be a time
			return null;
		}
	}

	private static String orUnknown(@Nullable Object value) {
		String text = text(value);
		return (text != null) ? text : Devices.UNKNOWN;
	}

	static boolean isAttribute(byte[] field) {
		return field.length > 0 && field[0] == ATTRIBUTE;
	}

	/** Fields without their values. */
	static List<byte[]> names(String... fields) {
		List<byte[]> names = new ArrayList<>();
		for (String field : fields) {
			names.add(bytes(field));
		}
		return names;
	}

	private static Instant instant(@Nullable String millis) {
		return Instant.ofEpochMilli(number(millis));
	}

	private static long number(@Nullable String text) {
		return Long.parseLong((text != null) ? text : "");
	}

}
