package io.github.rediskit.key;

import java.io.File;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Clock;
import java.time.DayOfWeek;
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
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class KeyIdTests {

	@Test
	void valuesThatDifferHaveDifferentIds() {
		Map<String, Object> seen = new HashMap<>();
		differentValues().forEach((value) -> {
			Object other = seen.put(KeyId.of(value).text(), Arrays.asList(value));
			assertThat(other).as("same id as %s", value).isNull();
		});
	}

	@Test
	void anIdIsHarmlessAsciiAndNeverEmpty() {
		assertThat(differentValues().map((value) -> KeyId.of(value).text()))
			.allMatch((text) -> text.matches("[A-Za-z0-9_.@+=/$%'~(),-]{1,240}"));
	}

	@Test
	void anOrdinaryIdIsReadAsItIs() {
		assertThat(KeyId.of(42)).hasToString("42");
		assertThat(KeyId.of("abc-1.2@x")).hasToString("abc-1.2@x");
		assertThat(KeyId.of("42")).hasToString("'42");
		assertThat(KeyId.of("")).hasToString("'");
		assertThat(KeyId.of(null)).hasToString("~null");
		assertThat(KeyId.of("a b:{c}")).hasToString("a%20b%3A%7Bc%7D");
		assertThat(KeyId.of(Locale.GERMANY)).hasToString("Locale(de-DE)");
		assertThat(KeyId.ofArguments("a", 1, true)).hasToString("(a,1,~true)");
	}

	@Test
	void aPlainTextIsNotCopied() {
		String text = "order-4711";
		assertThat(KeyId.of(text).text()).isSameAs(text);
	}

	@Test
	void integersOfAnyWidthAreOneId() {
		assertThat(Stream.of((byte) 7, (short) 7, 7, 7L, BigInteger.valueOf(7)).map(KeyId::of))
			.containsOnly(KeyId.of(7))
			.first()
			.hasToString("7");
		assertThat(Stream.of((byte) -7, (short) -7, -7, -7L, BigInteger.valueOf(-7)).map(KeyId::of))
			.containsOnly(KeyId.of(-7));
	}

	@Test
	void aSingleArgumentIsTheIdItself() {
		assertThat(KeyId.ofArguments(42L)).isEqualTo(KeyId.of(42));
		assertThat(KeyId.ofArguments(List.of("a", "b"))).isEqualTo(KeyId.of(List.of("a", "b")));
	}

	@Test
	void argumentListsThatDifferHaveDifferentIds() {
		List<@Nullable Object[]> arguments = List.of(new Object[] {}, new Object[] { null },
				new Object[] { null, null }, new Object[] { "" }, new Object[] { "", "" }, new Object[] { "a, b" },
				new Object[] { "a,b" }, new Object[] { "a", "b" }, new Object[] { "a", null, "b" },
				new Object[] { "(a,b)" }, new Object[] { List.of("a", "b") }, new Object[] { List.of("a"), "b" },
				new Object[] { "a", List.of("b") }, new Object[] { new Object[] { "a", "b" } },
				new Object[] { new Object[] { "a" }, "b" }, new Object[] { new Object[] { "a" } },
				new Object[] { new byte[] { 10 } }, new Object[] { "Bytes(0a)" }, new Object[] { 1, 2 },
				new Object[] { 12 }, new Object[] { "1", 2 }, new Object[] { 1, "2" }, new Object[] { "~null" });

		assertThat(arguments.stream().map(KeyId::ofArguments)).doesNotHaveDuplicates();
	}

	@Test
	void theOrderOfSetsAndMapsIsNoPartOfThem() {
		Set<Object> backwards = new LinkedHashSet<>(List.of("c", "b", 1, List.of("a")));
		Set<Object> forwards = new LinkedHashSet<>(List.of(List.of("a"), 1L, "b", "c"));
		Map<Object, Object> map = new LinkedHashMap<>();
		map.put("b", backwards);
		map.put("a", 1);
		Map<Object, Object> turned = new LinkedHashMap<>();
		turned.put("a", 1L);
		turned.put("b", forwards);

		assertThat(KeyId.of(backwards)).isEqualTo(KeyId.of(forwards));
		assertThat(KeyId.of(map)).isEqualTo(KeyId.of(turned));
		assertThat(KeyId.of(new TreeSet<>(List.of("x", "y")).descendingSet())).isEqualTo(KeyId.of(Set.of("y", "x")));
		assertThat(KeyId.of(new TreeMap<>(Map.of("x", 1, "y", 2)).descendingMap()))
			.isEqualTo(KeyId.of(Map.of("y", 2, "x", 1)));
	}

	@Test
	void listsAreTheSameWhoeverImplementsThem() {
		assertThat(Stream
			.of(List.of("a", "b"), Arrays.asList("a", "b"), new ArrayList<>(List.of("a", "b")),
					Stream.of("a", "b").toList(), Collections.unmodifiableList(Arrays.asList("a", "b")))
			.map(KeyId::of)).containsOnly(KeyId.of(List.of("a", "b")));
	}

	@Test
	void whatAnAccessorHidesStillDistinguishesRecords() {
		assertThat(KeyId.of(new Secret("one"))).isNotEqualTo(KeyId.of(new Secret("two")));
	}

	@Test
	void aRecordOrEnumThatIsAlsoATextIsNotTakenForOne() {
		assertThat(KeyId.of(new Article("1", "a"))).isNotEqualTo(KeyId.of(new Article("1", "b")));
		assertThat(KeyId.of(new Article("1", "a"))).isNotEqualTo(KeyId.of("1"));
		assertThat(KeyId.of(new Article("1", "a"))).hasToString(Article.class.getName() + "('1,a)");
	}

	@ParameterizedTest
	@ValueSource(ints = { 239, 240 })
	void anIdThatFitsIsNotDigested(int length) {
		assertThat(KeyId.of("x".repeat(length)).text()).isEqualTo("x".repeat(length));
	}

	@Test
	void aLongIdIsADigestBehindAMarkerThatNoOtherIdHas() {
		KeyId digest = KeyId.of("x".repeat(5 * 1024));

		assertThat(digest.text()).matches("~sha256-[0-9a-f]{64}");
		assertThat(KeyId.of("x".repeat(5 * 1024))).isEqualTo(digest).hasSameHashCodeAs(digest);
		assertThat(KeyId.of("x".repeat(5 * 1024 + 1))).isNotEqualTo(digest);
		assertThat(KeyId.of("x".repeat(241)).text()).startsWith("~sha256-");
		assertThat(KeyId.of(digest.text())).isNotEqualTo(digest).hasToString("%7E" + digest.text().substring(1));
		assertThat(KeyId.of(new BigInteger("9".repeat(300))).text()).startsWith("~sha256-");
	}

	@Test
	void longTextsThatDifferInOneByteHaveDifferentDigests() {
		assertThat(Stream.of("é".repeat(3000), "é".repeat(2999) + "e", "'" + "1".repeat(300), "1".repeat(300))
			.map(KeyId::of)).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@MethodSource("valuesWithoutFaithfulText")
	void aValueWithoutFaithfulTextIsRefusedWithAdvice(Object value) {
		assertThatExceptionOfType(UnsupportedKeyException.class).isThrownBy(() -> KeyId.of(value))
			.withMessageStartingWith("No key can be made from a " + value.getClass().getName() + ": use text, numbers")
			.withMessageEndingWith("such as \"#argument.id\"");
		assertThatExceptionOfType(UnsupportedKeyException.class)
			.isThrownBy(() -> KeyId.of(Map.of("a", List.of(new Holder(Optional.of(value))))));
	}

	static Stream<Object> valuesWithoutFaithfulText() {
		return Stream.of(new Object(), new Thread(() -> {
		}), Stream.of(1), InputStream.nullInputStream(), new StringBuilder("a"), new StringBuffer("a"),
				new AtomicInteger(1), new ArrayDeque<>(List.of(1)), Map.of(1, 2).values(), Clock.systemUTC(),
				Clock.offset(Clock.systemUTC(), Duration.ofDays(1)), new BigDecimal("1") {
				}, new BigInteger("1") {
				}, new NamedFile("/a"), new java.sql.Timestamp(0), new Throwable());
	}

	@Test
	void aValueThatContainsItselfIsRefused() {
		List<Object> list = new ArrayList<>();
		list.add(List.of(list));
		Map<String, Object> map = new HashMap<>();
		map.put("a", map);

		for (Object value : List.of(list, map, new Object[] { list })) {
			assertThatExceptionOfType(UnsupportedKeyException.class).isThrownBy(() -> KeyId.of(value))
				.withMessageContaining("contains itself");
		}
	}

	private static Stream<@Nullable Object> differentValues() {
		return Stream.of(texts(), scalars(), times(), constants(), containers(), arrays()).flatMap((values) -> values);
	}

	private static Stream<@Nullable Object> texts() {
		return Stream.of("", " ", "  ", "\t", "\n", "\r\n", "\0", "\u007f", "'", "''", "~", "~null", "~true", "null",
				"true", "1", "-1", "+1", "-", "--1", "01", "1.0", "1L", "'1", "%", "%31", "%20", "%u", "%uD800", "%2",
				"(", ")", "()", "(1)", ",", "a,b", "a, b", "a", "A", "a:b", ":", "{", "}", "{}", "a}b", "}:x:{", "*",
				"?", "[a]", "*?[]", "\\", "\"", "a/b", "a=b", "é", "e\u0301", "ß", "日本", "😀", "\ud83d", "\ude00",
				"\ude00\ud83d", "\ud800a", "a\udfff", "\ud83d\ud83d\ude00", "\ufeff", "\u00a0", "١", "１", "List()",
				"List(a)", "Optional()", "Bytes(00)", "Double(1.0)", "x".repeat(250), "x".repeat(5000), " ".repeat(100),
				"java.lang.String");
	}

	private static Stream<@Nullable Object> scalars() {
		return Stream.of(null, true, false, 'a', '1', '\0', '\ud800', ':', 0, 1, -1, 10, Long.MAX_VALUE, Long.MIN_VALUE,
				new BigInteger("9223372036854775808"), 0.0, -0.0, 1.0, Double.NaN, Double.POSITIVE_INFINITY,
				Double.NEGATIVE_INFINITY, Double.MIN_VALUE, 0.1, 1e10, 0.0f, -0.0f, 1.0f, Float.NaN, 0.1f,
				new BigDecimal("1"), new BigDecimal("1.0"), new BigDecimal("1.00"), new BigDecimal("1E+1"),
				new BigDecimal("10"), new BigDecimal("0"), new BigDecimal("0.0"), new UUID(0, 0), new UUID(0, 1),
				URI.create("a:b"), URI.create(""), new File("a"), new File(""), new File("a b"), String.class,
				String[].class, int.class, Integer.class, Currency.getInstance("EUR"), Locale.ROOT, Locale.GERMAN,
				Locale.GERMANY, locale("", "", "x"), locale("", "", "y"), locale("en", "", "US"),
				locale("en", "_US", ""), locale("en_US", "", ""), locale("en_GB", "", ""), locale("ja", "JP", "JP"),
				locale("no", "NO", "NY"), locale("nn", "NO", ""), Locale.forLanguageTag("zh-Hant"),
				Locale.forLanguageTag("zh-Hans"), Locale.forLanguageTag("de-u-co-phonebk"),
				Locale.forLanguageTag("de-x-co-phonebk"), Locale.forLanguageTag("de-POSIX"));
	}

	private static Stream<@Nullable Object> times() {
		return Stream.of(Instant.EPOCH, Instant.EPOCH.plusNanos(1), Instant.MIN, Instant.MAX, new Date(0), new Date(1),
				LocalDate.EPOCH, LocalDate.EPOCH.atStartOfDay(), LocalTime.MIDNIGHT, LocalTime.of(0, 0, 0, 1),
				LocalDateTime.MAX, OffsetTime.of(LocalTime.MIDNIGHT, ZoneOffset.UTC),
				OffsetDateTime.of(LocalDateTime.MIN, ZoneOffset.UTC),
				OffsetDateTime.of(LocalDateTime.MIN, ZoneOffset.MAX),
				ZonedDateTime.of(LocalDateTime.MIN, ZoneOffset.UTC),
				ZonedDateTime.of(LocalDateTime.MIN, ZoneId.of("UTC")),
				ZonedDateTime.of(LocalDateTime.MIN, ZoneId.of("Europe/Berlin")),
				ZonedDateTime.of(LocalDateTime.MIN, ZoneId.of("Europe/Paris")), ZoneOffset.UTC, ZoneId.of("UTC"),
				ZoneId.of("GMT"), ZoneId.of("Europe/Berlin"), Year.of(0), Year.of(2024), YearMonth.of(2024, 1),
				MonthDay.of(1, 1), Duration.ZERO, Duration.ofNanos(-1), Duration.ofNanos(1), Duration.ofDays(1),
				Period.ZERO, Period.ofDays(1), Period.ofMonths(12), Period.ofYears(1), DayOfWeek.MONDAY);
	}

	private static Stream<@Nullable Object> constants() {
		return Stream.of(Colour.RED, Colour.GREEN, Paint.RED, Paint.GREEN, TimeUnit.DAYS, new Point(1, 2),
				new Point(2, 1), new Other(1, 2), new Pair<>("a", "b"), new Pair<>("a, b", null),
				new Pair<>(null, null), new Pair<>(new Pair<>(1, 2), 3), new Pair<>(1, new Pair<>(2, 3)), new Empty(),
				new Hidden("a"), List.of(new Hidden("a")));
	}

	private static Stream<@Nullable Object> containers() {
		return Stream.of(List.of(), List.of(""), List.of("a"), List.of("a", "b"), List.of("a,b"), List.of("b", "a"),
				List.of(List.of()), List.of(List.of("a"), "b"), List.of("a", List.of("b")), List.of(1), List.of("1"),
				Collections.singletonList(null), List.of("~null"), Set.of(), Set.of("a"), Set.of("a", "b"),
				Set.of("a,b"), Set.of(Set.of()), new HashSet<>(Arrays.asList((Object) null)), Map.of(),
				Map.of("a", "b"), Map.of("a", Map.of("b", "c")), Map.of("a", "b", "c", "d"), Map.of("a", "d", "c", "b"),
				Map.of("a,b,c", "d"), Map.of("a", "b,c,d"), Map.of(1, "b"), Map.of("1", "b"), Map.entry("a", "b"),
				new AbstractMap.SimpleEntry<>("b", "a"), Optional.empty(), Optional.of(""), Optional.of("a"),
				Optional.of(Optional.empty()), Optional.of(List.of("a")));
	}

	private static Stream<@Nullable Object> arrays() {
		return Stream.of(new byte[0], new byte[] { 0 }, new byte[] { 0, 0 }, new byte[] { -1 }, new int[0],
				new int[] { 1 }, new int[] { 1, 2 }, new int[] { 12 }, new long[] { 1 }, new short[] { 1 },
				new char[] { 'a' }, new boolean[] { true }, new double[] { 1 }, new double[] { -0.0 },
				new float[] { 1 }, new Object[0], new Object[] { null }, new String[] { "a" }, new String[] { "1" },
				new Object[] { 1 }, new int[][] { { 1 }, { 2 } }, new int[][] { { 1, 2 } },
				new int[][] { {}, { 1, 2 } }, new byte[][] { { 1 } }, new Object[] { new Object[] { "a" } },
				new Object[] { List.of("a") });
	}

	@SuppressWarnings("deprecation") // the constructor that takes whatever it is given
	private static Locale locale(String language, String country, String variant) {
		return new Locale(language, country, variant);
	}

	enum Colour {

		RED, GREEN {

			@Override
			public String toString() {
				return "RED";
			}

		}

	}

	enum Paint {

		RED, GREEN

	}

	record Point(int x, int y) {
	}

	record Other(int x, int y) {
	}

	record Pair<A, B>(@Nullable A first, @Nullable B second) {
	}

	record Empty() {
	}

	private record Hidden(String value) {
	}

	record Holder(Object value) {
	}

	record Secret(String value) {

		@Override
		public String value() {
			return "***";
		}

	}

	record Article(String number, String title) implements CharSequence {

		@Override
		public int length() {
			return this.number.length();
		}

		@Override
		public char charAt(int index) {
			return this.number.charAt(index);
		}

		@Override
		public CharSequence subSequence(int start, int end) {
			return this.number.subSequence(start, end);
		}

		@Override
		public String toString() {
			return this.number;
		}

	}

	static final class NamedFile extends File {

		private static final long serialVersionUID = 1L;

		NamedFile(String path) {
			super(path);
		}

	}

}
