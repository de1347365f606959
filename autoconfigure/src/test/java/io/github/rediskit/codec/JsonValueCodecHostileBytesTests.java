package io.github.rediskit.codec;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whoever can write to Redis decides which bytes are read, but not which classes are
 * instantiated.
 */
class JsonValueCodecHostileBytesTests {

	private static final List<String> TOKENS = List.of("null", "true", "0", "-1", "1.5", "1e400", "1E+999999999", "NaN",
			"\"NaN\"", "\"\"", "\"x\"", "{}", "[]", "[", "]", "{", "}", ":", ",", "\"@type\":", "\"@class\":",
			"\"" + Gadget.class.getName() + "\"", "\"JsonValueCodecHostileBytesTests$Gadget\"", "\"Gadget\"",
			"[\"" + Gadget.class.getName() + "\",{}]", "{\"@class\":\"" + Gadget.class.getName() + "\"}",
			"\"javax.script.ScriptEngineManager\"", "\\ud83d", "\0", "99999999999999999999", "\"2024-99-99\"",
			"\"P999999999999999999D\"", "\"Europe/Nowhere\"", "/*", "\ufeff", "\"id\":", "\"LINE\"");

	/** Has no form for half a character, though it reads one. */
	private static final byte CBOR = 2;

	private static final int MUTANTS = Integer.getInteger("rediskit.test.value-mutants", 30_000);

	private static volatile int gadgets;

	/** One that would follow class names, if it were used as it is. */
	private final JsonValueCodecs codecs = new JsonValueCodecs(JsonMapper.builder()
		.activateDefaultTypingAsProperty(BasicPolymorphicTypeValidator.builder().allowIfBaseType(Object.class).build(),
				DefaultTyping.NON_FINAL, "@class")
		.build());

	@BeforeEach
	void forgetGadgets() {
		gadgets = 0;
	}

	@Test
	void mutatedBytesAreAValueOfTheTypeOrACodecException() {
		mutatedBytesAreAValueOfTheTypeOrACodecException(this.codecs, MUTANTS);
	}

	@Test
	void mutatedBytesOfCborAreAValueOfTheTypeOrACodecException() {
		mutatedBytesAreAValueOfTheTypeOrACodecException(this.codecs.asCbor(), MUTANTS / 2);
	}

	private static void mutatedBytesAreAValueOfTheTypeOrACodecException(ValueCodecs codecs, int inputs) {
		Random random = new Random(7_919);
		Map<Type, Object> values = values();
		int readable = 0;
		for (Map.Entry<Type, Object> entry : values.entrySet()) {
			ValueCodec<Object> codec = codecs.codec(entry.getKey());
			byte[] valid = codec.encode(entry.getValue());
			for (int i = 0; i < inputs / values.size(); i++) {
				readable += isReadable(codec, mutated(valid, random)) ? 1 : 0;
			}
		}
		assertThat(readable).isBetween(inputs / 100, inputs * 8 / 10);
		assertThat(gadgets).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"@class\":\"GADGET\"}", "{\"@type\":\"GADGET\"}", "[\"GADGET\",{}]", "{\"GADGET\":{}}",
			"{\"@type\":\"Gadget\"}", "{\"@type\":\"JsonValueCodecHostileBytesTests$Gadget\"}", "\"GADGET\"",
			"{\"id\":{\"@class\":\"GADGET\"}}", "{\"first\":{\"@type\":\"GADGET\"}}", "[{\"@class\":\"GADGET\"}]",
			"{\"@class\":\"java.lang.Thread\",\"daemon\":true}", "{\"@type\":\"java.lang.String\"}", "{\"@type\":null}",
			"{\"@type\":{}}", "{\"@type\":[]}", "{\"@type\":\"\"}", "{\"@type\":1}" })
	void aClassThatTheBytesNameIsNotFollowed(String json) {
		byte[] bytes = json.replace("GADGET", Gadget.class.getName()).getBytes(StandardCharsets.UTF_8);

		for (Type type : values().keySet()) {
			isReadable(this.codecs.codec(type), bytes);
		}

		assertThat(gadgets).isZero();
	}

	@Test
	void deeplyNestedBytesAreNotFollowedToTheEndOfTheStack() {
		ValueCodec<Object> codec = this.codecs.codec(Tree.class);
		String nested = "{\"children\":[".repeat(100_000);

		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> codec.decode(nested.getBytes(StandardCharsets.UTF_8), 0, nested.length()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "9bffffffffffffffff", "bb7fffffffffffffff", "7b7fffffffffffffff", "5b000000007fffffff61",
			"c24a00", "c4821a7fffffff01", "c4823b7fffffffffffffff01", "c4821b00000000ffffffff01", "d8ff",
			"d9010081d81900", "d81900", "ff", "fc", "f800", "e0", "5f4100ff", "a1f701", "81a1f6f6", "" })
	void lengthsAndTagsThatLieAreNoValueOfCbor(String hex) {
		byte[] bytes = HexFormat.of().parseHex(hex);

		for (Type type : List.of(Point.class, Tree.class, Shape.class, Everything.class, long.class)) {
			assertThatExceptionOfType(CodecException.class)
				.isThrownBy(() -> this.codecs.asCbor().codec(type).decode(bytes, 0, bytes.length));
		}
	}

	@Test
	void deeplyNestedCborIsNotFollowedToTheEndOfTheStack() {
		ValueCodec<Object> codec = this.codecs.asCbor().codec(Tree.class);
		byte[] bytes = HexFormat.of().parseHex("a1686368696c6472656e81".repeat(100_000));

		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> codec.decode(bytes, 0, bytes.length));
	}

	@Test
	void neitherFormatReadsTheOther() {
		Map<Type, Object> values = values();
		values.forEach((type, value) -> {
			ValueCodec<Object> json = this.codecs.codec(type);
			ValueCodec<Object> cbor = this.codecs.asCbor().codec(type);
			assertThat(json.id()).isNotEqualTo(cbor.id());
			assertThat(json.fingerprint()).isEqualTo(cbor.fingerprint());
			byte[] bytes = cbor.encode(value);
			assertThat(isReadable(cbor, bytes)).isTrue();
			assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
				.doesNotContain(value.getClass().getName() + "\"");
		});
	}

	@Test
	void whatTheClassSaysItIgnoresIsNotIgnored() {
		byte[] bytes = "{\"name\":\"a\",\"@class\":\"b\"}".getBytes(StandardCharsets.UTF_8);

		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> this.codecs.codec(Tolerant.class).decode(bytes, 0, bytes.length));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"x\":1,\"y\":1.5}", "{\"x\":1,\"y\":\"1\"}", "{\"x\":1,\"y\":null}", "{\"x\":1}",
			"{\"x\":1,\"y\":true}", "{\"x\":1,\"y\":\"\"}", "{\"x\":1,\"y\":[2]}", "{\"x\":1,\"y\":2,\"z\":3}",
			"{\"x\":1,\"y\":2}{}", "{\"x\":1,\"y\":3000000000}", "[1,2]", "[{\"x\":1,\"y\":2}]", "\"\"", "1", "", " " })
	void nothingIsConvertedFilledInOrSkipped(String json) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> this.codecs.codec(Point.class).decode(bytes, 0, bytes.length));
	}

	/**
	 * What could be read is of the declared type, all the way down: it can be written.
	 */
	private static boolean isReadable(ValueCodec<Object> codec, byte[] bytes) {
		Object value;
		try {
			value = codec.decode(bytes, 0, bytes.length);
		}
		catch (CodecException ex) {
			return false;
		}
		boolean halfCharacters = String.valueOf(value).codePoints().anyMatch((c) -> c >= 0xd800 && c < 0xe000);
		if (value != null && !(halfCharacters && codec.id() == CBOR)) {
			byte[] again = codec.encode(value);
			assertThat(codec.decode(again, 0, again.length)).isEqualTo(value);
		}
		return true;
	}

	private static byte[] mutated(byte[] valid, Random random) {
		String text = new String(valid, StandardCharsets.ISO_8859_1);
		int changes = 1 + random.nextInt(3);
		for (int i = 0; i < changes; i++) {
			int from = random.nextInt(text.length() + 1);
			int to = Math.min(text.length(), from + random.nextInt(8));
			String replacement = switch (random.nextInt(5)) {
				case 0 -> "";
				case 1 -> String.valueOf((char) random.nextInt(256));
				case 2 -> text.substring(from, to).repeat(2);
				case 3 -> String.valueOf((char) (' ' + random.nextInt(95)));
				default -> TOKENS.get(random.nextInt(TOKENS.size()));
			};
			text = text.substring(0, from) + replacement + text.substring(to);
		}
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static Map<Type, Object> values() {
		return Map.of(Everything.class,
				new Everything(1, "a", new BigDecimal("1.50"), 0.5, true, Instant.EPOCH,
						ZonedDateTime.of(2024, 1, 1, 0, 0, 0, 0, ZoneId.of("Europe/Paris")), new UUID(0, 1),
						TimeUnit.DAYS, Locale.GERMANY, Optional.of(new Point(1, 2)), List.of("x", "y"),
						Map.of("k", List.of(1L)), Set.of('c'), 'z'),
				Shape.class, new Shape.Group(List.of(new Shape.Dot(1, 2), Shape.Unit.LINE)), Tree.class,
				new Tree(List.of(new Tree(List.of()))), Point.class, new Point(1, 2), String.class, "text",
				new TypeReference<List<Map<String, Point>>>() {
				}.getType(), List.of(Map.of("a", new Point(1, 2))), new TypeReference<Map<TimeUnit, Shape>>() {
				}.getType(), Map.of(TimeUnit.DAYS, new Shape.Dot(3, 4)), long.class, 42L, Bean.class, new Bean());
	}

	record Everything(int id, String name, BigDecimal price, double share, boolean on, Instant at, ZonedDateTime zoned,
			UUID uuid, TimeUnit unit, Locale locale, @Nullable Optional<Point> point, List<String> list,
			Map<String, List<Long>> map, Set<Character> set, char letter) {
	}

	record Point(int x, int y) {
	}

	record Tree(List<Tree> children) {
	}

	sealed interface Shape {

		record Dot(int x, int y) implements Shape {
		}

		record Group(List<Shape> shapes) implements Shape {
		}

		enum Unit implements Shape {

			POINT, LINE

		}

	}

	@JsonIgnoreProperties(ignoreUnknown = true)
	record Tolerant(String name) {
	}

	static class Bean {

		private int[] numbers = { 1, 2 };

		private byte @Nullable [] bytes = { 1, 2, 3 };

		private @Nullable List<Point> points = new ArrayList<>(List.of(new Point(1, 2)));

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Bean that && Arrays.equals(that.numbers, this.numbers)
					&& Arrays.equals(that.bytes, this.bytes)
					&& String.valueOf(that.points).equals(String.valueOf(this.points));
		}

		@Override
		public int hashCode() {
			return Arrays.hashCode(this.numbers);
		}

	}

	/** What an attacker would like to be made. */
	public static class Gadget extends Bean {

		@SuppressWarnings("NonAtomicVolatileUpdate")
		public Gadget() {
			gadgets++;
		}

		public Gadget(String argument) {
			this();
		}

	}

}
