package io.github.rediskit.codec;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.github.rediskit.codec.SessionValues.Bean;
import io.github.rediskit.codec.SessionValues.Cart;
import io.github.rediskit.codec.SessionValues.Color;
import io.github.rediskit.codec.SessionValues.Item;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class JsonAttributeCodecTests {

	private static final byte[] PLACE = { 1 };

	private static final AttributeCodec CODEC = codec(SessionValues.ALLOWED);

	static AttributeCodec codec(String... allowed) {
		return JsonAttributeCodec
			.of(AttributeTypes.of(List.of(allowed), JsonAttributeCodecTests.class.getClassLoader()), List.of());
	}

	static Stream<Object> values() {
		return SessionValues.values();
	}

	@ParameterizedTest
	@MethodSource("values")
	void comesBackAsWhatItWas(Object value) {
		Object again = decode(CODEC, CODEC.encode(PLACE, "a", value));

		assertThat(Objects.deepEquals(again, value)).as(again.toString()).isTrue();
		assertThat(kind(again)).isEqualTo(kind(value));
		assertThat(CODEC.encode(PLACE, "a", again)).hasSize(CODEC.encode(PLACE, "a", value).length);
	}

	/** Which class makes an unmodifiable list is the JDK's choice. */
	private static String kind(Object value) {
		boolean collection = value instanceof Collection<?> || value instanceof Map<?, ?>;
		String name = collection ? PlatformCollections.nameOf(value) : null;
		return (name != null) ? name : value.getClass().getName();
	}

	@Test
	void whatIsInFinalFieldsComesBack() {
		Bean bean = new Bean();
		bean.numbers[0] = 77;
		bean.names = Set.of("a");

		Bean again = (Bean) decode(CODEC, CODEC.encode(PLACE, "a", bean));

		assertThat(again.numbers).containsExactly(77, 2);
		assertThat(again.names).containsExactly("a");
	}

	@Test
	void canBeReadByPeople() {
		byte[] bytes = CODEC.encode(PLACE, "item", new Item("lamp", java.math.BigDecimal.ONE, Color.RED));

		assertThat(bytes[0]).isEqualTo((byte) 1);
		assertThat(new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8))
			.isEqualTo("{\"@class\":\"io.github.rediskit.codec.SessionValues$Item\","
					+ "\"name\":\"lamp\",\"price\":1,\"color\":\"RED\"}");
	}

	@Test
	void whatCouldNotBeChangedCanNotBeChangedAgain() {
		for (Object value : List.of(List.of(1), List.of(1, 2, 3), List.of(), Collections.emptyList())) {
			Collection<?> again = (Collection<?>) decode(CODEC, CODEC.encode(PLACE, "a", value));
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> again.add(null));
		}
	}

	@Test
	void textsInAnyCaseStayInAnyCase() {
		Map<String, Object> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.put("Accept", List.of("text/html"));

		Object again = decode(CODEC, CODEC.encode(PLACE, "a", headers));

		assertThat(again).isExactlyInstanceOf(TreeMap.class);
		assertThat(((Map<?, ?>) again).get("ACCEPT")).isEqualTo(List.of("text/html"));
	}

	@Test
	void whatIsNotAllowedIsRefusedByNameWhereverItStands() {
		AttributeCodec strict = codec(Cart.class.getName(), Item.class.getName(), Color.class.getName());
		for (Object value : List.of(new Bean(), List.of(new Bean()), Map.of("a", Map.of("b", new Bean())),
				new Bean[] { new Bean() }, new Cart(1, List.of(), new SessionValues.Circle(1), Map.of(), null),
				new Cart(1, List.of(), SessionValues.Light.ON, Map.of(), new Bean()))) {
			assertThatExceptionOfType(CodecException.class).isThrownBy(() -> strict.encode(PLACE, "basket", value))
				.withMessageContaining("'basket'")
				.withMessageContaining("io.github.rediskit.codec.SessionValues$")
				.withMessageContaining("rediskit.session.allowed-types");
		}
	}

	@Test
	void whatWouldComeBackAsSomethingElseIsRefused() {
		class Local extends ArrayList<String> {

			@SuppressWarnings("unused")
			String more = "lost";

		}
		TreeSet<Integer> reversed = new TreeSet<>(Comparator.reverseOrder());
		for (Object value : List.of(Optional.of(1), new AtomicReference<>("a"), new EnumMap<>(Color.class), reversed,
				new ArrayList<>(List.of(1, 2)).subList(0, 1), new IdentityHashMap<>(),
				Map.of(new SessionValues.Circle(1), 1), new Local(), Map.of("a", 1).entrySet(), new Object(),
				(Runnable) () -> {
				}, new Thread(), new Inner())) {
			assertThatExceptionOfType(CodecException.class).as(value.getClass().getName())
				.isThrownBy(() -> codec("io.github.rediskit").encode(PLACE, "basket", value))
				.withMessageContaining("'basket'");
		}
	}

	@Test
	void whatCouldNotBeReadBackIsSaidToBeThat() {
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> codec("io.github.rediskit").encode(PLACE, "basket", new Inner()))
			.withMessageContainingAll("'basket', a io.github.rediskit.codec.JsonAttributeCodecTests$Inner",
					"could not be read back", "a record can, and a class that has a constructor without parameters");
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> codec("io.github.rediskit").encode(PLACE, "basket",
					Collections.synchronizedList(new ArrayList<>())))
			.withMessageContainingAll("java.util.Collections$Synchronized", "a usual collection or a record")
			.withMessageNotContaining("allowed-types");
	}

	@Test
	void whatCouldBeWrittenButNotReadIsRefusedWheneverItIsSet() {
		AttributeCodec codec = codec(SessionValues.ALLOWED);
		codec.encode(PLACE, "basket", new HashMap<>(Map.of("a", 1)));
		codec.encode(PLACE, "basket", BigInteger.ONE);
		codec.encode(PLACE, "basket", new HashMap<>(Map.of("\u00e9\ud83d\ude00\ud7ff", "\ud83d")));
		BigInteger tooLong = new BigInteger("9".repeat(1_500));
		for (Object value : List.of(tooLong, new HashMap<>(Map.of("a", tooLong)), new HashMap<>(Map.of("a\ud83d", 1)),
				new HashMap<>(Map.of("a".repeat(60_000), 1)))) {
			String start = value.toString().substring(0, 4);
			assertThatExceptionOfType(CodecException.class).as(start)
				.isThrownBy(() -> codec.encode(PLACE, "basket", value))
				.withMessageContaining("'basket'");
		}
	}

	@Test
	void anObjectThatHoldsItselfIsRefused() {
		Bean bean = new Bean();
		bean.next = bean;
		List<Object> list = new ArrayList<>();
		list.add(list);

		for (Object value : List.of(bean, Arrays.asList(list, 1))) {
			assertThatExceptionOfType(CodecException.class).isThrownBy(() -> CODEC.encode(PLACE, "a", value));
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "{\"@class\":\"CLASS\",\"name\":\"a\"}", "{\"@class\":\"CLASS\",\"name\":\"a\",\"price\":null}",
					"{\"@class\":\"CLASS\",\"name\":\"a\",\"weight\":{\"@class\":\"x.Y\",\"z\":[1]}}" })
	void aComponentMoreOrLessLogsNobodyOut(String json) {
		assertThat(read(json.replace("CLASS", Item.class.getName()))).isEqualTo(new Item("a", null, null));
	}

	@Test
	void aFieldMoreHasWhatItsClassGivesIt() {
		Bean bean = (Bean) read("{\"@class\":\"%s\",\"old\":1}".formatted(Bean.class.getName()));

		assertThat(bean.shape).isEqualTo(SessionValues.Light.ON);
		assertThat(bean.forgotten).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"@class\":\"CLASS\",\"name\":[1]}", "{\"@class\":\"CLASS\",\"color\":\"BLUE\"}",
			"{\"@class\":\"CLASSES\"}", "{\"@class\":\"CLASS\"", "{}", "[]", "null", "", "{\"name\":\"a\"}",
			"[\"CLASS\"]", "{\"@class\":\"CLASS\"}{}", "[\"List\",{}]", "[\"java.lang.Long\",\"x\"]",
			"[\"java.lang.Long\"]", "[\"[[[[[[[[[[[[[I\",[]]", "[\"[I\",[\"a\"]]", "[\"[X\",[]]", "[\"[L;\",[]]",
			"[\"[\",[]]", "[\"\",[]]", "[\"java.util.EnumMap<java.lang.Long>\",{}]",
			"{\"@class\":\"java.util.EnumMap<>\"}", "{\"@class\":\"java.util.HashMap\",\"@java.lang.Long x\":1}",
			"{\"@class\":\"java.util.HashMap\",\"@x\":1}" })
	void whatFitsNoTypeIsNotRead(String json) {
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> read(json.replace("CLASS", Item.class.getName())))
			.withMessageContaining("'basket'");
	}

	@Test
	void theValueIsInNoMessage() {
		for (String json : List.of("{\"@class\":\"%s\",\"color\":\"secret\"}".formatted(Item.class.getName()),
				"{\"@class\":\"java.util.HashMap\",\"secret\":[\"java.lang.Long\",\"secret\"]}")) {
			assertThatExceptionOfType(CodecException.class).isThrownBy(() -> read(json))
				.withMessageNotContaining("secret")
				.withNoCause();
		}
	}

	private Object read(String json) {
		return CODEC.decode(PLACE, "basket", ("\u0001" + json).getBytes(StandardCharsets.UTF_8));
	}

	private static @Nullable Object decode(AttributeCodec codec, byte[] bytes) {
		return codec.decode(PLACE, "a", bytes);
	}

	final class Inner {

		int number = 1;

	}

}
