package io.github.rediskit.key;

import java.io.File;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
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

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	/** Exactly these: a subclass may hold more than its text says. */
	private static final Set<Class<?>> FAITHFUL_TEXT = Set.of(Character.class, Double.class, Float.class,
			BigDecimal.class, UUID.class, Currency.class, URI.class, File.class, Instant.class, LocalDate.class,
			LocalTime.class, LocalDateTime.class, OffsetTime.class, OffsetDateTime.class, ZonedDateTime.class,
			ZoneOffset.class, Year.class, YearMonth.class, MonthDay.class, Duration.class, Period.class);

	private static final ClassValue<Field[]> RECORD_FIELDS = new ClassValue<>() {

		@Override
		protected Field[] computeValue(Class<?> type) {
			return Arrays.stream(type.getRecordComponents())
				.map((component) -> field(type, component))
				.toArray(Field[]::new);
		}

	};

	private final StringBuilder out = new StringBuilder(32);

	private int depth;

	private IdEncoder() {
	}

	static String encode(@Nullable Object value) {
		if (value instanceof String text && standsForItself(text)) {
			return text;
		}
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
		else if (value instanceof String text) {
			appendText(text);
		}
		else if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte
				|| value.getClass() == BigInteger.class) {
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
		else if (value instanceof Locale locale) {
			appendCompound("Locale", parts(locale));
		}
		else {
			appendCompound(typeOfFaithfulText(value), List.of(faithfulText(value)));
		}
	}

	/** A part of a text as it stands in the id of the whole. */
	static String encodePart(String text) {
		IdEncoder encoder = new IdEncoder();
		encoder.appendCharacters(text);
		return encoder.out.toString();
	}

	private static boolean standsForItself(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (!isPlain(text.charAt(i))) {
				return false;
			}
		}
		return !looksLikeInteger(text);
	}

	/** Whether a text has only signs that ids have. */
	static boolean isPossible(String text) {
		return text.chars().allMatch((c) -> isPlain(c) || "%'~(),$".indexOf(c) >= 0);
	}

	private static boolean isPlain(int c) {
		return c < PLAIN.length && PLAIN[c];
	}

	private void appendText(String text) {
		if (looksLikeInteger(text)) {
			this.out.append('\'');
		}
		appendCharacters(text);
	}

	private void appendCharacters(String text) {
		int i = 0;
		while (i < text.length()) {
			int c = text.codePointAt(i);
			i += Character.charCount(c);
			if (isPlain(c)) {
				this.out.append((char) c);
			}
			else {
				appendEscaped(c);
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

	private void appendEscaped(int c) {
		if (Character.getType(c) == Character.SURROGATE) { // half a pair has no UTF-8
			this.out.append("%u").append(HEX.toHexDigits((char) c));
			return;
		}
		for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
			this.out.append('%').append(HEX.toHexDigits(b));
		}
	}

	/** Fields, not accessors: what an accessor hides distinguishes records, too. */
	private void appendRecord(Record value) {
		List<@Nullable Object> components = new ArrayList<>();
		for (Field field : RECORD_FIELDS.get(value.getClass())) {
			try {
				components.add(field.get(value));
			}
			catch (IllegalAccessException ex) {
				throw new IllegalStateException("The field was made accessible", ex);
			}
		}
		appendCompound(nameOf(value.getClass()), components);
	}

	/** A name with a dot: it can't be taken for one of our own types, such as List. */
	private static String nameOf(Class<?> type) {
		return type.getPackageName().isEmpty() ? "." + type.getName() : type.getName();
	}

	private static Field field(Class<?> type, RecordComponent component) {
		try {
			Field field = type.getDeclaredField(component.getName());
			field.setAccessible(true);
			return field;
		}
		catch (NoSuchFieldException | InaccessibleObjectException ex) {
			throw new UnsupportedKeyException("No key can be made from the record %s, because it can't be read: %s"
				.formatted(type.getName(), ex.getMessage()));
		}
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
		appendCompound(component.isPrimitive() ? "Array-" + component : "Array", elements);
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
			if (isPlain(c) || c == '$') {
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

	/** A tag, unless it hides a part, as it does for {@code new Locale("en_US")}. */
	private static List<String> parts(Locale locale) {
		String tag = locale.toLanguageTag();
		return Locale.forLanguageTag(tag).equals(locale) ? List.of(tag)
				: List.of(tag, locale.getLanguage(), locale.getScript(), locale.getCountry(), locale.getVariant());
	}

	private static String typeOfFaithfulText(Object value) {
		Class<?> type = value.getClass();
		if (FAITHFUL_TEXT.contains(type) || type == Class.class || type == Date.class) {
			return type.getSimpleName();
		}
		if (value instanceof ZoneId) { // of a hidden class
			return "ZoneId";
		}
		throw new UnsupportedKeyException(type);
	}

	@SuppressWarnings("JavaUtilDate")
	private static String faithfulText(Object value) {
		if (value instanceof Class<?> type) {
			return type.getName();
		}
		return (value instanceof Date date) ? "t" + date.getTime() : value.toString();
	}

}
