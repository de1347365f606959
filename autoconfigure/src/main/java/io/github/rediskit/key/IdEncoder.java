package io.github.rediskit.key;

import java.io.File;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Writes a value as ASCII text such that different values have different texts.
 *
 * <pre>
 * value    = integer | text | "'" text | "~" word | compound
 * compound = [type] "(" [value {"," value}] ")"
 * </pre>
 *
 * Letters, digits and a few harmless signs stand for themselves; every other character is
 * percent-encoded, so what the grammar uses never occurs inside a text. A text that is
 * empty or looks like an integer begins with an apostrophe.
 */
final class IdEncoder {

	private static final int MAX_DEPTH = 32;

	private static final boolean[] PLAIN = new boolean[128];

	static {
		for (char c = '0'; c <= 'z'; c++) {
			PLAIN[c] = Character.isLetterOrDigit(c);
		}
		for (char c : "-_.@+=/".toCharArray()) {
			PLAIN[c] = true;
		}
	}

	private static final ClassValue<Method[]> RECORD_ACCESSORS = new ClassValue<>() {

		@Override
		protected Method[] computeValue(Class<?> type) {
			return Arrays.stream(type.getRecordComponents()).map(IdEncoder::accessor).toArray(Method[]::new);
		}

	};

	private final StringBuilder out = new StringBuilder(32);

	private int depth;

	private IdEncoder() {
	}

	static String encode(@Nullable Object value) {
		IdEncoder encoder = new IdEncoder();
		encoder.append(value);
		return encoder.out.toString();
	}

	static String encodeTuple(@Nullable Object[] values) {
		IdEncoder encoder = new IdEncoder();
		encoder.appendCompound("", Arrays.asList(values));
		return encoder.out.toString();
	}

	private void append(@Nullable Object value) {
		if (value == null) {
			this.out.append("~null");
		}
		else if (value instanceof CharSequence text) {
			appendText(text.toString());
		}
		else if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte
				|| value instanceof BigInteger) {
			this.out.append(value);
		}
		else if (value instanceof Boolean) {
			this.out.append('~').append(value);
		}
		else if (value instanceof Enum<?> constant) {
			appendCompound(nameOf(constant.getDeclaringClass()), List.of(constant.name()));
		}
		else if (value instanceof Record record) {
			appendRecord(record);
		}
		else if (value.getClass().isArray()) {
			appendArray(value);
		}
		else if (value instanceof Collection<?> || value instanceof Map<?, ?> || value instanceof Optional<?>
				|| value instanceof Map.Entry<?, ?>) {
			appendContainer(value);
		}
		else {
			appendCompound(typeOfFaithfulText(value), List.of(faithfulText(value)));
		}
	}

	private void appendText(String text) {
		if (looksLikeInteger(text)) {
			this.out.append('\'');
		}
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c < 128 && PLAIN[c]) {
				this.out.append(c);
			}
			else if (!Character.isSurrogate(c)) {
				appendEscaped(String.valueOf(c));
			}
			else if (Character.isHighSurrogate(c) && i + 1 < text.length()
					&& Character.isLowSurrogate(text.charAt(i + 1))) {
				appendEscaped(text.substring(i, ++i + 1));
			}
			else { // half a pair has no UTF-8
				this.out.append("%u").append(Integer.toHexString(c).toUpperCase(Locale.ROOT));
			}
		}
	}

	private static boolean looksLikeInteger(String text) {
		int start = text.startsWith("-") ? 1 : 0;
		for (int i = start; i < text.length(); i++) {
			if (text.charAt(i) < '0' || text.charAt(i) > '9') {
				return false;
			}
		}
		return text.isEmpty() || text.length() > start;
	}

	private void appendEscaped(String character) {
		for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
			this.out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
		}
	}

	private void appendRecord(Record value) {
		List<@Nullable Object> components = new ArrayList<>();
		for (Method accessor : RECORD_ACCESSORS.get(value.getClass())) {
			try {
				components.add(accessor.invoke(value));
			}
			catch (ReflectiveOperationException ex) {
				throw new UnsupportedKeyException("No key can be made from the record %s, because %s() failed: %s"
					.formatted(value.getClass().getName(), accessor.getName(), ex));
			}
		}
		appendCompound(nameOf(value.getClass()), components);
	}

	/** A name with a dot: it can't be taken for one of our own types, such as List. */
	private static String nameOf(Class<?> type) {
		return type.getPackageName().isEmpty() ? "." + type.getName() : type.getName();
	}

	private static Method accessor(RecordComponent component) {
		Method accessor = component.getAccessor();
		accessor.setAccessible(true);
		return accessor;
	}

	private void appendArray(Object array) {
		if (array instanceof byte[] bytes) {
			appendCompound("Bytes", List.of(HexFormat.of().formatHex(bytes)));
			return;
		}
		List<@Nullable Object> elements = new ArrayList<>();
		for (int i = 0; i < Array.getLength(array); i++) {
			elements.add(Array.get(array, i));
		}
		Class<?> component = array.getClass().getComponentType();
		appendCompound(component.isPrimitive() ? "Array." + component : "Array", elements);
	}

	/**
	 * The order in which a set or map iterates is no part of it: its texts are sorted.
	 */
	private void appendContainer(Object container) {
		if (container instanceof List<?> list) {
			appendCompound("List", list);
		}
		else if (container instanceof Set<?> set) {
			appendSorted("Set", set.stream().map((element) -> nested(element)).sorted().toList());
		}
		else if (container instanceof Map<?, ?> map) {
			appendSorted("Map",
					map.entrySet()
						.stream()
						.map((entry) -> nested(entry.getKey()) + "," + nested(entry.getValue()))
						.sorted()
						.toList());
		}
		else if (container instanceof Optional<?> optional) {
			appendCompound("Optional", optional.map(List::<Object>of).orElse(List.of()));
		}
		else if (container instanceof Map.Entry<?, ?> entry) {
			appendCompound("Entry", Arrays.asList(entry.getKey(), entry.getValue()));
		}
		else {
			throw new UnsupportedKeyException(container.getClass());
		}
	}

	private void appendSorted(String type, List<String> texts) {
		this.out.append(type).append('(').append(String.join(",", texts)).append(')');
	}

	private String nested(@Nullable Object value) {
		IdEncoder encoder = new IdEncoder();
		encoder.depth = this.depth + 1;
		encoder.checkDepth();
		encoder.append(value);
		return encoder.out.toString();
	}

	private void appendCompound(String type, List<?> values) {
		this.depth++;
		checkDepth();
		appendTypeName(type);
		this.out.append('(');
		boolean first = true;
		for (Object value : values) {
			if (!first) {
				this.out.append(',');
			}
			first = false;
			append(value);
		}
		this.out.append(')');
		this.depth--;
	}

	private void appendTypeName(String type) {
		for (int i = 0; i < type.length(); i++) {
			char c = type.charAt(i);
			if (c < 128 && (PLAIN[c] || c == '$')) {
				this.out.append(c);
			}
			else {
				this.out.append('%').append(Integer.toHexString(c)).append('.');
			}
		}
	}

	private void checkDepth() {
		if (this.depth > MAX_DEPTH) {
			throw new UnsupportedKeyException(
					"No key can be made from a value that is nested more than %d deep, or contains itself"
						.formatted(MAX_DEPTH));
		}
	}

	private static String typeOfFaithfulText(Object value) {
		if (value instanceof ZoneId && !(value instanceof ZoneOffset)) {
			return "ZoneId";
		}
		Class<?> type = value.getClass();
		boolean faithful = value instanceof Double || value instanceof Float || value instanceof BigDecimal
				|| value instanceof Character || value instanceof UUID || value instanceof Locale
				|| value instanceof Currency || value instanceof URI || value instanceof File
				|| value instanceof Class<?> || type == Date.class || type.getPackageName().equals("java.time");
		if (!faithful) {
			throw new UnsupportedKeyException(type);
		}
		return type.getSimpleName();
	}

	@SuppressWarnings("JavaUtilDate")
	private static String faithfulText(Object value) {
		if (value instanceof Class<?> type) {
			return type.getName();
		}
		return (value instanceof Date date) ? "t" + date.getTime() : value.toString();
	}

}
