package io.github.rediskit.codec;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** Types and values that an application might keep in its sessions. */
public final class SessionValues {

	static final String ALLOWED = SessionValues.class.getName();

	private SessionValues() {
	}

	static Stream<Object> values() {
		Cart cart = cart();
		Map<String, Object> mixed = new LinkedHashMap<>();
		mixed.put("cart", cart);
		mixed.put("@class", "io.github.rediskit.Nothing");
		mixed.put("@", Arrays.asList(1, null, "x"));
		mixed.put("none", null);
		return Stream.of("text", "", "\u0000\ud83d\ude00", 1, 1L, -1.5, 1.5f, Double.NaN, (byte) 1, (short) 2, 'c',
				true, new BigDecimal("1.50"), new BigDecimal("1E+400"), new BigInteger("1" + "0".repeat(50)),
				new UUID(1, 2), URI.create("https://shop.example/a?b"), Locale.GERMANY, Currency.getInstance("EUR"),
				Instant.parse("2026-11-30T12:00:00.123456789Z"), LocalDate.of(2024, 2, 29), Duration.ofNanos(1),
				Period.ofMonths(1), ZoneId.of("Europe/Paris"), ZoneOffset.ofHours(2),
				ZonedDateTime.of(2024, 1, 1, 0, 0, 0, 1, ZoneId.of("Europe/Paris")), new Date(1), DayOfWeek.MONDAY,
				TimeUnit.DAYS, cart, Color.RED, Color.GREEN, new Circle(1), new Named<>("a", List.of(1L)), Light.ON,
				bean(), new ArrayList<>(List.of(1, 1L, "a", cart, Color.GREEN)), new LinkedList<>(List.of(1L)),
				new HashSet<>(Set.of(1L)), new LinkedHashSet<>(List.of("b", "a")), new TreeSet<>(List.of(2L, 1L)),
				new HashMap<>(Map.of("a", cart)), new LinkedHashMap<>(mixed),
				new TreeMap<>(Map.of(LocalDate.EPOCH, 1L)), new ConcurrentHashMap<>(Map.of("a", 1)),
				new CopyOnWriteArrayList<>(List.of(1)), List.of(), List.of(1L), List.of(1L, 2, cart), Set.of(1L),
				Set.of(1L, 2L, 3L), Map.of(), Map.of("a", 1L),
				Map.of(1L, "a", "1", "b", 2, "c", Color.RED, "d", new UUID(1, 1), "e", Light.OFF, "f"),
				Arrays.asList(1, 2), Collections.emptyList(), Collections.singletonList(cart),
				Collections.unmodifiableMap(mixed), new EnumMap<>(Map.of(Color.GREEN, 1L)), EnumSet.of(Color.GREEN),
				EnumSet.noneOf(Color.class), new byte[] { 1, -1 }, new int[] { 1 }, new long[][] { { 1 }, {} },
				new String[] { "a", null }, new Object[] { 1L, "a", cart },
				new Shape[] { new Circle(1), new Named<>("x", 1L) }, new BigDecimal[] { BigDecimal.ONE },
				List.of(List.of(Map.of("deep", Set.of(cart)))));
	}

	static Cart cart() {
		return new Cart(7,
				List.of(new Item("lamp", new BigDecimal("9.90"), null), new Item("desk", BigDecimal.TEN, Color.GREEN)),
				new Circle(2), Map.of(Color.RED, new Circle(3)), null);
	}

	static Bean bean() {
		Bean bean = new Bean();
		bean.any = List.of(1L, new Circle(1));
		bean.names = new TreeSet<>(Set.of("b", "a"));
		return bean;
	}

	public record Cart(long id, List<Item> items, Shape shape, Map<Color, Shape> shapes,
			@Nullable Object note) implements Serializable {
	}

	public record Item(String name, BigDecimal price, @Nullable Color color) implements Serializable {
	}

	public enum Color {

		RED, GREEN {
			@Override
			boolean isCalm() {
				return true;
			}
		};

		boolean isCalm() {
			return false;
		}

	}

	public sealed interface Shape extends Serializable {

	}

	public record Circle(int radius) implements Shape {
	}

	public record Named<T>(String name, T value) implements Shape {
	}

	public enum Light implements Shape {

		ON, OFF

	}

	public static class Base implements Serializable {

		private static final long serialVersionUID = 1L;

		@Nullable Object any;

		final int[] numbers = { 1, 2 };

		transient int forgotten = 3;

	}

	public static class Bean extends Base {

		private static final long serialVersionUID = 1L;

		@Nullable Set<String> names;

		Shape shape = Light.ON;

		@Nullable Bean next;

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Bean that && Objects.equals(that.any, this.any)
					&& Objects.equals(that.names, this.names) && that.shape.equals(this.shape)
					&& Objects.equals(that.next, this.next);
		}

		@Override
		public int hashCode() {
			return this.shape.hashCode();
		}

	}

}
