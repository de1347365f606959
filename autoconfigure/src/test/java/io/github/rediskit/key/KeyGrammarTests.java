package io.github.rediskit.key;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The grammar of ids, argued rather than decoded: texts can't contain its signs, so a
 * text has one parse, and the parse has the value's structure.
 */
class KeyGrammarTests {

	private static final String SIGNS = "(),'~%";

	private static final String ALPHABET = SIGNS + "{}:* 1-aL\n\0é\ud83d\ude00";

	@Test
	void aTextNeverContainsASignOfTheGrammar() {
		texts(3).forEach((text) -> {
			String id = IdEncoder.encode(text);
			assertThat(id).as(text).matches("'?([A-Za-z0-9_.@+=/-]|%[0-9A-F]{2}|%u[0-9A-F]{4})*");
			assertThat(id.startsWith("'")).as(text).isEqualTo(text.matches("-?[0-9]+|"));
		});
	}

	@Test
	void textsThatDifferAreWrittenDifferently() {
		List<String> texts = texts(3).toList();

		assertThat(texts.stream().map(IdEncoder::encode).collect(Collectors.toSet())).hasSameSizeAs(texts);
	}

	@Test
	void aCompoundHasOneParseWithTheStructureOfTheValue() {
		List<@Nullable Object> atoms = new ArrayList<>(List.of(1, "1", "a", "", true));
		atoms.add(null);
		atoms.addAll(SIGNS.chars().mapToObj(Character::toString).toList());
		List<@Nullable Object> flat = new ArrayList<>(atoms);
		flat.addAll(tuples(atoms));
		List<@Nullable Object> nested = new ArrayList<>(atoms);
		nested.addAll(tuples(flat));

		Set<String> ids = new HashSet<>();
		for (Object value : nested) {
			String id = IdEncoder.encode(value);
			assertThat(ids.add(id)).as(id).isTrue();
			assertThat(shape(id)).isEqualTo(shape(value));
		}
	}

	/**
	 * {@code [[a],b]} becomes {@code ((.),.)}: values are dots, whatever they contain.
	 */
	private static String shape(@Nullable Object value) {
		return (value instanceof List<?> list)
				? list.stream().map(KeyGrammarTests::shape).collect(Collectors.joining(",", "(", ")")) : ".";
	}

	private static String shape(String id) {
		return id.replace("List(", "(").replaceAll("[^(),]+", ".");
	}

	@Test
	void randomValuesHaveOneIdIfAndOnlyIfTheyAreEqual() {
		Random random = new Random(20_240_229);
		Map<String, @Nullable Object> values = new HashMap<>();
		Map<Object, String> ids = new HashMap<>();
		for (int i = 0; i < 200_000; i++) {
			Object value = value(random, 3);
			List<@Nullable Object> canonical = Arrays.asList(canonical(value));
			String id = KeyId.of(value).text();

			Object before = values.putIfAbsent(id, canonical);
			assertThat(before == null || before.equals(canonical))
				.as("%s is the id of %s and %s", id, before, canonical)
				.isTrue();
			String other = ids.putIfAbsent(canonical, id);
			assertThat(other == null || other.equals(id)).as("%s has the ids %s and %s", canonical, id, other).isTrue();
		}
		assertThat(values.size()).isBetween(40_000, 160_000); // many met again, many did
																// not
	}

	private static @Nullable Object value(Random random, int depth) {
		return switch (random.nextInt((depth > 0) ? 18 : 11)) {
			case 0 -> null;
			case 1 -> random.nextBoolean();
			case 2 -> (byte) random.nextInt(20);
			case 3 -> random.nextInt(20);
			case 4 -> BigInteger.valueOf(random.nextInt(20));
			case 5 -> (long) random.nextInt(20);
			case 6, 7 -> text(random);
			case 8 -> new BigDecimal(random.nextInt(20)).movePointLeft(random.nextInt(3));
			case 9 -> random.nextBoolean() ? Duration.ofMillis(random.nextInt(20)) : (double) random.nextInt(20);
			case 10 -> random.nextBoolean() ? new UUID(0, random.nextInt(20)) : (char) ('0' + random.nextInt(20));
			case 11 -> values(random, depth, new ArrayList<>());
			case 12 -> values(random, depth, new LinkedHashSet<>());
			case 13 -> map(random, depth);
			case 14 -> values(random, depth, new ArrayList<>()).toArray();
			case 15 -> new Pair(value(random, depth - 1), value(random, depth - 1));
			case 16 -> Optional.ofNullable(value(random, depth - 1));
			default -> random.ints(random.nextInt(3), 0, 20).toArray();
		};
	}

	private static String text(Random random) {
		return random.ints(random.nextInt(5), 0, ALPHABET.length())
			.mapToObj((i) -> String.valueOf(ALPHABET.charAt(i)))
			.collect(Collectors.joining());
	}

	private static <C extends Collection<@Nullable Object>> C values(Random random, int depth, C values) {
		IntStream.range(0, random.nextInt(4)).forEach((i) -> values.add(value(random, depth - 1)));
		return values;
	}

	private static Map<@Nullable Object, @Nullable Object> map(Random random, int depth) {
		Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
		IntStream.range(0, random.nextInt(3))
			.forEach((i) -> map.put(value(random, depth - 1), value(random, depth - 1)));
		return map;
	}

	/** Integers are one; what the JDK compares by identity is compared by content. */
	private static @Nullable Object canonical(@Nullable Object value) {
		if (value instanceof Byte || value instanceof Integer || value instanceof Long) {
			return BigInteger.valueOf(((Number) value).longValue());
		}
		if (value instanceof int[] array) {
			return List.of("int[]", Arrays.stream(array).boxed().toList());
		}
		if (value instanceof Object[] array) {
			return Arrays.asList("[]", canonical(Arrays.asList(array)));
		}
		if (value instanceof List<?> list) {
			return Arrays.asList("list",
					list.stream().map(KeyGrammarTests::canonical).collect(Collectors.toCollection(ArrayList::new)));
		}
		if (value instanceof Set<?> set) {
			return List.of("set", counted(set.stream()));
		}
		if (value instanceof Map<?, ?> map) {
			return List.of("map",
					counted(map.entrySet().stream().map((entry) -> Arrays.asList(entry.getKey(), entry.getValue()))));
		}
		if (value instanceof Pair pair) {
			return Arrays.asList("pair", canonical(pair.first), canonical(pair.second));
		}
		if (value instanceof Optional<?> optional) {
			return Arrays.asList("optional", canonical(optional.map(List::<Object>of).orElse(List.of())));
		}
		return value;
	}

	private static Map<List<@Nullable Object>, Long> counted(Stream<?> values) {
		return values.map((value) -> Arrays.asList(canonical(value)))
			.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
	}

	private static Stream<String> texts(int length) {
		Stream<String> shorter = (length == 0) ? Stream.of() : texts(length - 1);
		Stream<String> longest = Stream.of("");
		for (int i = 0; i < length; i++) {
			longest = longest.flatMap((text) -> ALPHABET.chars().mapToObj((c) -> text + (char) c));
		}
		return Stream.concat(shorter, longest);
	}

	private static List<@Nullable Object> tuples(List<@Nullable Object> values) {
		List<@Nullable Object> tuples = new ArrayList<>();
		tuples.add(List.of());
		for (Object first : values) {
			tuples.add(Arrays.asList(first));
			for (Object second : values) {
				tuples.add(Arrays.asList(first, second));
			}
		}
		return tuples;
	}

	record Pair(@Nullable Object first, @Nullable Object second) {
	}

}
