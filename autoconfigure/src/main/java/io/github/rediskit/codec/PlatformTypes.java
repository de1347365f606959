package io.github.rediskit.codec;

import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Currency;
import java.util.Date;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Which types of the JDK JSON can carry. All others are refused: most have no JSON, and
 * some have one that loses a part, such as the nanoseconds of a SQL timestamp.
 */
final class PlatformTypes {

	/** Their text identifies them, so they can be the key of a map, too. */
	private static final Set<Class<?>> TEXTS = Set.of(String.class, Boolean.class, Character.class, Byte.class,
			Short.class, Integer.class, Long.class, Float.class, Double.class, BigInteger.class, BigDecimal.class,
			UUID.class, Locale.class, Currency.class, URI.class);

	private static final Set<Class<?>> TIMES = Set.of(Instant.class, LocalDate.class, LocalTime.class,
			LocalDateTime.class, OffsetTime.class, OffsetDateTime.class, ZonedDateTime.class, ZoneOffset.class,
			ZoneId.class, Year.class, YearMonth.class, MonthDay.class, Duration.class, Period.class);

	private static final Set<Class<?>> VALUES = Set.of(Date.class, TimeZone.class, Charset.class, File.class,
			Path.class, BitSet.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class, AtomicBoolean.class,
			AtomicInteger.class, AtomicLong.class, Map.Entry.class);

	private static final Set<Class<?>> ENUMS = Set.of(DayOfWeek.class, Month.class, ChronoUnit.class, TimeUnit.class,
			RoundingMode.class);

	/** Whose text could name a file, or whose class is not what is made. */
	private static final Set<Class<?>> NOT_BY_NAME = Set.of(File.class, Path.class, BitSet.class, Map.Entry.class);

	private static final Map<String, Class<?>> BY_NAME = Stream.of(TEXTS, TIMES, VALUES, ENUMS)
		.flatMap(Set::stream)
		.filter((type) -> !NOT_BY_NAME.contains(type))
		.collect(Collectors.toUnmodifiableMap(Class::getName, (type) -> type));

	private PlatformTypes() {
	}

	static boolean contain(Class<?> type) {
		return type.isPrimitive() || type.getName().startsWith("java.") || type.getName().startsWith("javax.");
	}

	static boolean isFaithful(Class<?> type) {
		return type.isPrimitive() || VALUES.contains(type) || isText(type);
	}

	/**
	 * The value type of a name, where bytes may name one.
	 * @return the class, {@code null} if there is none
	 */
	static @Nullable Class<?> findValue(String name) {
		return BY_NAME.get(name);
	}

	static boolean isText(Class<?> type) {
		return TEXTS.contains(type) || TIMES.contains(type);
	}

	/** Those for which people like to choose a format. */
	static Stream<Class<?>> times() {
		return Stream.concat(TIMES.stream(), Stream.of(Date.class));
	}

}
