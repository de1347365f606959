package io.github.rediskit.codec;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.SimpleDateFormat;
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
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.Nulls;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonPOJOBuilder;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.ext.javatime.deser.LocalDateTimeDeserializer;
import tools.jackson.databind.ext.javatime.ser.LocalDateTimeSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.type.LogicalType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What was encoded is decoded equal, whatever the application's own mapper does.
 */
class JsonValueCodecRoundTripTests {

	private static final LocalDateTime AUTUMN_NIGHT = LocalDateTime.of(2024, 10, 27, 2, 30, 0, 123_456_789);

	private static final List<Object> HALF_CHARACTERS = List.of("\ud83d", "a\ude00b");

	static Stream<Named<JsonMapper>> mappers() {
		return Stream.of(Named.of("default", JsonMapper.builder().build()),
				Named.of("snake case",
						JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build()),
				Named.of("non null", including(JsonInclude.Include.NON_NULL)),
				Named.of("non empty", including(JsonInclude.Include.NON_EMPTY)),
				Named.of("non default", including(JsonInclude.Include.NON_DEFAULT)),
				Named.of("for people", forPeople()), Named.of("lenient", lenient()),
				Named.of("untrusting", untrusting()), Named.of("default typing", defaultTyping()),
				Named.of("like Jackson 2", JsonMapper.builderWithJackson2Defaults().build()));
	}

	private static JsonMapper including(JsonInclude.Include include) {
		return JsonMapper.builder()
			.changeDefaultPropertyInclusion((inclusion) -> JsonInclude.Value.construct(include, include))
			.build();
	}

	private static JsonMapper forPeople() {
		return JsonMapper.builder()
			.enable(SerializationFeature.WRAP_ROOT_VALUE, SerializationFeature.INDENT_OUTPUT,
					SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS,
					SerializationFeature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED)
			.disable(SerializationFeature.WRITE_EMPTY_JSON_ARRAYS)
			.enable(DeserializationFeature.UNWRAP_ROOT_VALUE)
			.enable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
			.disable(DateTimeFeature.WRITE_DATE_TIMESTAMPS_AS_NANOSECONDS)
			.enable(DateTimeFeature.TRUNCATE_TO_MSECS_ON_WRITE)
			.enable(EnumFeature.WRITE_ENUMS_USING_INDEX)
			.addModule(new SimpleModule("times")
				.addSerializer(LocalDateTime.class, new LocalDateTimeSerializer(DateTimeFormatter.ISO_LOCAL_DATE))
				.addDeserializer(LocalDateTime.class, new LocalDateTimeDeserializer(DateTimeFormatter.ISO_LOCAL_DATE)))
			.withConfigOverride(Instant.class,
					(type) -> type.setFormat(JsonFormat.Value.forShape(JsonFormat.Shape.NUMBER)))
			.withConfigOverride(OffsetTime.class, (type) -> type.setFormat(JsonFormat.Value.forPattern("HH:mmX")))
			.withConfigOverride(Date.class, (type) -> type.setFormat(JsonFormat.Value.forPattern("yyyy")))
			.defaultTimeZone(TimeZone.getTimeZone("Asia/Tokyo"))
			.defaultDateFormat(new SimpleDateFormat("yyyy-MM-dd", Locale.ROOT))
			.build();
	}

	private static JsonMapper lenient() {
		return JsonMapper.builder()
			.enable(DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT,
					DeserializationFeature.ACCEPT_EMPTY_ARRAY_AS_NULL_OBJECT,
					DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY,
					DeserializationFeature.UNWRAP_SINGLE_VALUE_ARRAYS)
			.enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS, MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
			.enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
			.withCoercionConfig(LogicalType.Textual,
					(text) -> text.setCoercion(CoercionInputShape.EmptyString, CoercionAction.AsNull))
			.withCoercionConfigDefaults((all) -> all.setCoercion(CoercionInputShape.EmptyString, CoercionAction.AsNull)
				.setCoercion(CoercionInputShape.EmptyArray, CoercionAction.AsNull))
			.addHandler(new DeserializationProblemHandler() {
			})
			.changeDefaultNullHandling((nulls) -> JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY, Nulls.SKIP))
			.build();
	}

	private static JsonMapper untrusting() {
		return JsonMapper.builder()
			.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
			.enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
			.enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
			.changeDefaultVisibility((visibility) -> visibility.withFieldVisibility(Visibility.NONE))
			.build();
	}

	private static JsonMapper defaultTyping() {
		return JsonMapper.builder()
			.activateDefaultTyping(BasicPolymorphicTypeValidator.builder().allowIfBaseType(Object.class).build(),
					DefaultTyping.NON_FINAL)
			.build();
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void whatIsEncodedIsDecodedEqual(JsonMapper mapper) {
		whatIsEncodedIsDecodedEqual(new JsonValueCodecs(mapper), values());
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void whatIsEncodedAsCborIsDecodedEqual(JsonMapper mapper) {
		whatIsEncodedIsDecodedEqual(new JsonValueCodecs(mapper).asCbor(),
				values().filter((arguments) -> !HALF_CHARACTERS.contains(arguments.get()[1])));
	}

	@Test
	void halfACharacterHasNoFormInCborAndIsNotWritten() {
		ValueCodec<String> codec = new JsonValueCodecs(JsonMapper.builder().build()).asCbor().codec(String.class);

		HALF_CHARACTERS.forEach(
				(text) -> assertThatExceptionOfType(CodecException.class).isThrownBy(() -> codec.encode((String) text))
					.withMessageStartingWith("A java.lang.String can't be written as CBOR"));
	}

	private static void whatIsEncodedIsDecodedEqual(ValueCodecs codecs, Stream<Arguments> values) {
		SoftAssertions softly = new SoftAssertions();
		values.forEach((arguments) -> softly.assertThatCode(() -> {
			Type type = (Type) arguments.get()[0];
			Object value = Objects.requireNonNull(arguments.get()[1]);

			byte[] bytes = codecs.codec(type).encode(value);

			assertThat(decode(codecs, type, bytes)).as("%s %s", type, new String(bytes, StandardCharsets.UTF_8))
				.isEqualTo(value);
		}).as("%s", arguments.get()[0]).doesNotThrowAnyException());
		softly.assertAll();
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void theOrderOfSetsAndMapsIsKept(JsonMapper mapper) {
		JsonValueCodecs json = new JsonValueCodecs(mapper);
		for (ValueCodecs codecs : List.of(json, json.asCbor())) {
			theOrderOfSetsAndMapsIsKept(codecs);
		}
	}

	private static void theOrderOfSetsAndMapsIsKept(ValueCodecs codecs) {
		List<String> backwards = Stream.of("z", "y", "m", "b", "a", "0").toList();
		Map<String, Integer> map = new LinkedHashMap<>();
		backwards.forEach((key) -> map.put(key, map.size()));
		Set<String> set = new LinkedHashSet<>(backwards);

		assertThat(roundTrip(codecs, type(new TypeReference<Set<String>>() {
		}), set).toString()).isEqualTo(set.toString());
		assertThat(roundTrip(codecs, type(new TypeReference<Map<String, Integer>>() {
		}), map).toString()).isEqualTo(map.toString());
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void arraysAreDecodedWithEqualElements(JsonMapper mapper) {
		JsonValueCodecs json = new JsonValueCodecs(mapper);
		for (ValueCodecs codecs : List.of(json, json.asCbor())) {
			arraysAreDecodedWithEqualElements(codecs);
		}
	}

	private static void arraysAreDecodedWithEqualElements(ValueCodecs codecs) {
		Stream
			.of(new byte[] { 0, -1, 127 }, new byte[0], new int[] { 1, 2 }, new int[][] { { 1 }, {}, { 2, 3 } },
					new char[] { 'a', '"' }, new double[] { -0.0, Double.NaN }, new String[] { "a", "", null },
					new Product[] { product() }, new BigDecimal[] { new BigDecimal("1.00") },
					new Shape[] { new Shape.Circle(1) })
			.forEach((array) -> assertThat(roundTrip(codecs, array.getClass(), array)).isEqualTo(array));
	}

	@Test
	void aClassIsWrittenByItsFieldsNotItsGetters() {
		JsonValueCodecs codecs = new JsonValueCodecs(JsonMapper.builder().build());
		Bean bean = new Bean();
		bean.setFirst("Ada");
		bean.setActive(true);

		byte[] bytes = codecs.codec(Bean.class).encode(bean);

		assertThat(bytes).asString().isEqualTo("{\"first\":\"Ada\",\"isActive\":true,\"last\":null}");
		assertThat(roundTrip(codecs, Bean.class, bean)).usingRecursiveComparison().isEqualTo(bean);
	}

	@Test
	void whatAnAccessorHidesIsKept() {
		JsonValueCodecs codecs = new JsonValueCodecs(JsonMapper.builder().build());

		assertThat(roundTrip(codecs, Secret.class, new Secret("s3cret"))).isEqualTo(new Secret("s3cret"));
	}

	@Test
	void aSealedTypeIsNamedByItsPermittedSubclassAndNothingElseIs() {
		JsonValueCodecs codecs = new JsonValueCodecs(defaultTyping());

		assertThat(codecs.codec(Shape.class).encode(new Shape.Circle(2))).asString()
			.isEqualTo("{\"@type\":\"JsonValueCodecRoundTripTests$Shape$Circle\",\"radius\":2}");
		assertThat(codecs.codec(Product.class).encode(product())).asString()
			.doesNotContain("@type", "java.", "rediskit");
	}

	@Test
	void aValueCanBeReadFromTheMiddleOfAnArray() {
		ValueCodec<Point> codec = new JsonValueCodecs(JsonMapper.builder().build()).codec(Point.class);
		byte[] bytes = "xx{\"x\":1,\"y\":2}yy".getBytes(StandardCharsets.UTF_8);

		assertThat(codec.decode(bytes, 2, bytes.length - 4)).isEqualTo(new Point(1, 2));
	}

	private static Object roundTrip(ValueCodecs codecs, Type type, Object value) {
		return decode(codecs, type, codecs.codec(type).encode(value));
	}

	private static Object decode(ValueCodecs codecs, Type type, byte[] bytes) {
		return Objects.requireNonNull(codecs.codec(type).decode(bytes, 0, bytes.length));
	}

	private static Stream<Arguments> values() {
		return Stream.of(scalars(), times(), generics(), sealed(), records()).flatMap((values) -> values);
	}

	private static Stream<Arguments> scalars() {
		return Stream.of(of(String.class, ""), of(String.class, "é\uD83D\uDE00\"\\\0\n{}"), of(String.class, "null"),
				of(String.class, HALF_CHARACTERS.get(0)), of(String.class, HALF_CHARACTERS.get(1)),
				of(boolean.class, true), of(int.class, -1), of(long.class, Long.MIN_VALUE), of(Long.class, 5L),
				of(Byte.class, (byte) -1), of(Short.class, (short) 1), of(Character.class, '\0'),
				of(Character.class, 'é'), of(Double.class, -0.0), of(Double.class, Double.NaN),
				of(double.class, Double.NEGATIVE_INFINITY), of(Double.class, 0.1), of(Float.class, 0.1f),
				of(Float.class, Float.MIN_VALUE), of(BigInteger.class, BigInteger.TEN.pow(50)),
				of(BigDecimal.class, new BigDecimal("1.00")), of(BigDecimal.class, new BigDecimal("1E+3")),
				of(BigDecimal.class, new BigDecimal("-0.000")), of(BigDecimal.class, new BigDecimal("0E-10")),
				of(UUID.class, new UUID(1, 2)), of(URI.class, URI.create("a:b?c#d")), of(Locale.class, Locale.GERMANY),
				of(Locale.class, Locale.ROOT), of(Locale.class, Locale.forLanguageTag("zh-Hant-TW")),
				of(Locale.class, Locale.forLanguageTag("de-DE-u-co-phonebk")),
				of(Locale.class, Locale.forLanguageTag("sl-rozaj-biske")),
				of(Currency.class, Currency.getInstance("EUR")), of(TimeUnit.class, TimeUnit.DAYS),
				of(Level.class, Level.LOW), of(Level.class, Level.HIGH), of(Operation.class, Operation.PLUS),
				of(Operation.class, Operation.MINUS), of(Twin.class, Twin.SECOND), of(Spelled.class, Spelled.ONE),
				of(Code.class, new Code("a")));
	}

	private static Stream<Arguments> times() {
		ZoneId paris = ZoneId.of("Europe/Paris");
		return Stream.of(of(Instant.class, Instant.ofEpochSecond(1, 123_456_789)), of(Instant.class, Instant.EPOCH),
				of(Instant.class, Instant.parse("+12345-01-01T00:00:00Z")), of(LocalDate.class, LocalDate.of(-5, 1, 1)),
				of(LocalTime.class, LocalTime.of(1, 2, 3, 4)), of(LocalTime.class, LocalTime.MIDNIGHT),
				of(LocalDateTime.class, AUTUMN_NIGHT),
				of(OffsetTime.class, OffsetTime.of(LocalTime.NOON, ZoneOffset.ofHours(2))),
				of(OffsetDateTime.class, AUTUMN_NIGHT.atOffset(ZoneOffset.ofHoursMinutes(5, 30))),
				of(OffsetDateTime.class, AUTUMN_NIGHT.atOffset(ZoneOffset.UTC)),
				of(ZonedDateTime.class, AUTUMN_NIGHT.atZone(paris)),
				of(ZonedDateTime.class, AUTUMN_NIGHT.atZone(paris).withLaterOffsetAtOverlap()),
				of(ZonedDateTime.class, AUTUMN_NIGHT.atZone(ZoneId.of("UTC"))),
				of(ZonedDateTime.class, AUTUMN_NIGHT.atZone(ZoneOffset.UTC)),
				of(ZonedDateTime.class, AUTUMN_NIGHT.atZone(ZoneOffset.ofHours(1))),
				of(ZonedDateTime.class, AUTUMN_NIGHT.atZone(ZoneId.of("GMT+2"))),
				of(Duration.class, Duration.ofNanos(-1)), of(Duration.class, Duration.ofDays(1000).plusNanos(7)),
				of(Period.class, Period.of(1, 14, -3)), of(Year.class, Year.of(2024)),
				of(YearMonth.class, YearMonth.of(2024, 2)), of(MonthDay.class, MonthDay.of(2, 29)),
				of(Month.class, Month.MAY), of(DayOfWeek.class, DayOfWeek.SUNDAY), of(ZoneId.class, paris),
				of(ZoneId.class, ZoneOffset.UTC), of(ZoneId.class, ZoneId.of("UTC")),
				of(ZoneOffset.class, ZoneOffset.ofHours(-3)), of(Date.class, new Date(1_234_567_890_123L)));
	}

	private static Stream<Arguments> generics() {
		Map<Level, List<Integer>> enumKeys = new EnumMap<>(Level.class);
		enumKeys.put(Level.LOW, List.of(1));
		enumKeys.put(Level.HIGH, List.of());
		return Stream.of(of(new TypeReference<List<Map<String, Product>>>() {
		}, List.of(Map.of("a", product()), Map.of())), of(new TypeReference<List<Integer>>() {
		}, Stream.of(1, 2).toList()), of(new TypeReference<List<@Nullable String>>() {
		}, Arrays.asList("a", null, "")), of(new TypeReference<List<Long>>() {
		}, List.of(1L)), of(new TypeReference<List<? extends Product>>() {
		}, List.of(product())), of(new TypeReference<Set<List<String>>>() {
		}, Set.of(List.of(), List.of("a"))), of(new TypeReference<SortedSet<String>>() {
		}, new TreeSet<>(Set.of("b", "a"))), of(new TypeReference<Map<Level, List<Integer>>>() {
		}, enumKeys), of(new TypeReference<EnumMap<Level, List<Integer>>>() {
		}, enumKeys), of(new TypeReference<EnumSet<Twin>>() {
		}, EnumSet.allOf(Twin.class)), of(new TypeReference<Map<Twin, Integer>>() {
		}, Map.of(Twin.FIRST, 1, Twin.SECOND, 2)), of(new TypeReference<Map<Operation, Integer>>() {
		}, Map.of(Operation.PLUS, 1, Operation.MINUS, 2)), of(new TypeReference<Map<Long, Point>>() {
		}, Map.of(1L, new Point(1, 2))), of(new TypeReference<Map<UUID, UUID>>() {
		}, Map.of(new UUID(0, 1), new UUID(1, 0))), of(new TypeReference<Map<BigDecimal, Integer>>() {
		}, Map.of(new BigDecimal("1.0"), 1, new BigDecimal("1.00"), 2)), of(new TypeReference<Map<Double, Integer>>() {
		}, Map.of(-0.0, 1, Double.NaN, 2)), of(new TypeReference<Map<Character, Integer>>() {
		}, Map.of('a', 1)), of(new TypeReference<Map<Boolean, Integer>>() {
		}, Map.of(true, 1)), of(new TypeReference<Map<LocalDate, Integer>>() {
		}, Map.of(LocalDate.EPOCH, 1)), of(new TypeReference<Map<Instant, Integer>>() {
		}, Map.of(Instant.ofEpochSecond(1, 7), 1)), of(new TypeReference<Map<ZonedDateTime, Integer>>() {
		}, Map.of(AUTUMN_NIGHT.atZone(ZoneId.of("Europe/Paris")), 1)),
				of(new TypeReference<Map<OffsetDateTime, Integer>>() {
				}, Map.of(AUTUMN_NIGHT.atOffset(ZoneOffset.ofHours(3)), 1)),
				of(new TypeReference<Map<Duration, YearMonth>>() {
				}, Map.of(Duration.ofMillis(1), YearMonth.of(1, 1))), of(new TypeReference<Map<Year, MonthDay>>() {
				}, Map.of(Year.of(1), MonthDay.of(1, 1))), of(new TypeReference<Map<DayOfWeek, LocalTime>>() {
				}, Map.of(DayOfWeek.FRIDAY, LocalTime.NOON)), of(new TypeReference<Map<Locale, Currency>>() {
				}, Map.of(Locale.forLanguageTag("zh-Hant-TW"), Currency.getInstance("TWD"))),
				of(new TypeReference<Map<URI, Integer>>() {
				}, Map.of(URI.create("a:b"), 1)), of(new TypeReference<Map<BigInteger, ZoneId>>() {
				}, Map.of(BigInteger.TEN.pow(30), ZoneId.of("Europe/Paris"))),
				of(new TypeReference<Map<ZoneId, Integer>>() {
				}, Map.of(ZoneId.of("Europe/Paris"), 1)), of(new TypeReference<Map<Period, LocalDateTime>>() {
				}, Map.of(Period.ofDays(1), AUTUMN_NIGHT)), of(new TypeReference<Map<OffsetTime, Integer>>() {
				}, Map.of(OffsetTime.of(LocalTime.NOON, ZoneOffset.UTC), 1)),
				of(new TypeReference<Map<Code, Integer>>() {
				}, Map.of(new Code("a"), 1)), of(new TypeReference<TreeMap<String, Integer>>() {
				}, new TreeMap<>(Map.of("b", 1, "a", 2))), of(new TypeReference<Map.Entry<String, Point>>() {
				}, Map.entry("a", new Point(1, 2))), of(new TypeReference<Optional<Product>>() {
				}, Optional.of(product())), of(new TypeReference<Optional<Product>>() {
				}, Optional.empty()), of(new TypeReference<List<Optional<String>>>() {
				}, List.of(Optional.of(""), Optional.empty())),
				of(new TypeReference<Map<String, Optional<List<Point>>>>() {
				}, Map.of("a", Optional.of(List.of(new Point(1, 2))), "b", Optional.empty())),
				of(new TypeReference<Page<Product>>() {
				}, new Page<>(List.of(product()), 7, null)), of(new TypeReference<Page<Page<Optional<Shape>>>>() {
				}, new Page<>(List.of(new Page<>(List.of(Optional.of(new Shape.Circle(1)), Optional.empty()), 1, "n")),
						1, null)),
				of(new TypeReference<List<String>>() {
				}, Collections.unmodifiableList(new ArrayList<>(List.of("x")))));
	}

	private static Stream<Arguments> sealed() {
		return Stream.of(of(Shape.class, new Shape.Circle(1)), of(Shape.class, new Shape.Polygon.Square(2)),
				of(Shape.class, Shape.Unit.POINT), of(Shape.class, Shape.Unit.LINE),
				of(Shape.class, new Shape.Blob("b")), of(Shape.class, new Shape.Nothing()),
				of(Shape.Polygon.class, new Shape.Polygon.Triangle(1, 2, 3)),
				of(Shape.Circle.class, new Shape.Circle(3)), of(Shape.Unit.class, Shape.Unit.LINE),
				of(new TypeReference<List<Shape>>() {
				}, List.of(new Shape.Circle(1), Shape.Unit.POINT, new Shape.Polygon.Square(2), new Shape.Nothing())),
				of(new TypeReference<Map<Shape.Unit, Shape>>() {
				}, Map.of(Shape.Unit.LINE, new Shape.Blob("x"))),
				of(Drawing.class, new Drawing(new Shape.Circle(1), List.of(Shape.Unit.LINE),
						Optional.of(new Shape.Nothing()), new Shape.Circle(9))),
				of(new TypeReference<Result<Product>>() {
				}, new Result.Ok<>(product())), of(new TypeReference<Result<List<Point>>>() {
				}, new Result.Failed<>("no", 3)), of(new TypeReference<List<Result<Shape>>>() {
				}, List.of(new Result.Ok<>(Shape.Unit.POINT), new Result.Failed<>("", null))),
				of(Animal.class, new Dog("Rex")), of(Animal.class, new Cat("Tom", 9)),
				of(new TypeReference<List<Animal>>() {
				}, List.of(new Dog("Rex"), new Cat("Tom", 7))), of(Vehicle.class, new Vehicle.Car(4)),
				of(Vehicle.class, new Vehicle.Ship("x")), of(new TypeReference<Expression<Integer>>() {
				}, new Expression.Literal(1)), of(new TypeReference<Expression<Boolean>>() {
				}, new Expression.Negative(new Expression.Literal(2))));
	}

	private static Stream<Arguments> records() {
		return Stream.of(of(Product.class, product()), of(Point.class, new Point(0, 0)), of(Empty.class, new Empty()),
				of(Holder.class, new Holder(null, null, null, null, 0, false)),
				of(Holder.class, new Holder("", List.of(), Map.of(), Optional.empty(), 1, true)),
				of(Formatted.class, new Formatted(AUTUMN_NIGHT, Level.HIGH, null, Instant.ofEpochSecond(1, 5))),
				of(Computed.class, new Computed("Ada", "Lovelace")),
				of(Tree.class, new Tree("a", List.of(new Tree("b", List.of())))), of(Hidden.class, new Hidden("x")),
				of(OptionalInt.class, OptionalInt.of(1)), of(Immutable.class, new Immutable("a", 1)),
				of(Built.class, new Built("a", 1)),
				of(JsonNode.class, JsonMapper.shared().readTree("{\"a\":[1,null,\"x\",{}],\"b\":true}")),
				of(JsonNode.class, JsonNodeFactory.instance.numberNode(new BigDecimal("0.12345678901234567890"))),
				of(Inherited.class, new Inherited("a", "b")));
	}

	private static Product product() {
		return new Product(1, "Tea é\uD83D\uDE00", new BigDecimal("3.50"), List.of("hot", ""), Map.of("weight", 2L),
				Instant.ofEpochSecond(9, 9), Level.HIGH);
	}

	private static Arguments of(Type type, Object value) {
		return Arguments.of(type, value);
	}

	private static <T> Arguments of(TypeReference<? extends T> type, T value) {
		return Arguments.of(type.getType(), value);
	}

	private static Type type(TypeReference<?> type) {
		return type.getType();
	}

	enum Level {

		LOW, HIGH;

		@Override
		public String toString() {
			return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
		}

	}

	enum Twin {

		FIRST, SECOND;

		@Override
		public String toString() {
			return "twin";
		}

	}

	enum Operation {

		PLUS {

			@Override
			int apply(int a, int b) {
				return a + b;
			}

		},

		MINUS {

			@Override
			int apply(int a, int b) {
				return a - b;
			}

		};

		abstract int apply(int a, int b);

	}

	enum Spelled {

		@JsonProperty("one")
		ONE

	}

	record Code(@JsonValue String text) {

		@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
		Code {
		}

	}

	record Product(long productId, String displayName, BigDecimal price, List<String> tagNames,
			Map<String, Long> numbers, Instant changedAt, Level level) {
	}

	record Point(int x, int y) {
	}

	record Empty() {
	}

	record Page<T>(List<T> items, long total, @Nullable String next) {
	}

	record Holder(@Nullable String text, @Nullable List<String> list, @Nullable Map<String, String> map,
			@Nullable Optional<String> optional, int number, boolean flag) {

		Holder {
			optional = (optional == null) ? Optional.empty() : optional;
		}

	}

	record Formatted(@JsonFormat(pattern = "dd.MM.yyyy") LocalDateTime at,
			@JsonFormat(shape = JsonFormat.Shape.NUMBER) Level level,
			@JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.AS_EMPTY) @Nullable List<String> list,
			@JsonFormat(shape = JsonFormat.Shape.NUMBER) Instant instant) {
	}

	record Computed(String first, String last) {

		public String getFullName() {
			return this.first + " " + this.last;
		}

		public boolean isLong() {
			return getFullName().length() > 10;
		}

	}

	record Tree(String name, List<Tree> children) {
	}

	private record Hidden(String value) {
	}

	record Secret(String value) {

		@Override
		public String value() {
			return "***";
		}

	}

	record Drawing(Shape first, List<Shape> others, Optional<Shape> last, Shape.Circle circle) {
	}

	sealed interface Shape {

		record Circle(int radius) implements Shape {
		}

		record Nothing() implements Shape {
		}

		enum Unit implements Shape {

			POINT, LINE {
			}

		}

		sealed interface Polygon extends Shape {

			record Square(int side) implements Polygon {
			}

			record Triangle(int a, int b, int c) implements Polygon {
			}

		}

		final class Blob implements Shape {

			private final String name;

			Blob(@JsonProperty("name") String name) {
				this.name = name;
			}

			@Override
			public boolean equals(Object other) {
				return other instanceof Blob that && that.name.equals(this.name);
			}

			@Override
			public int hashCode() {
				return this.name.hashCode();
			}

		}

	}

	sealed interface Result<T> {

		record Ok<T>(T value) implements Result<T> {
		}

		record Failed<T>(String message, @Nullable Integer code) implements Result<T> {
		}

	}

	sealed interface Expression<T> {

		record Literal(int value) implements Expression<Integer> {
		}

		record Negative(Expression<Integer> of) implements Expression<Boolean> {
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Dog.class, name = "dog"),
			@JsonSubTypes.Type(value = Cat.class, name = "cat") })
	interface Animal {

	}

	record Dog(String name) implements Animal {
	}

	record Cat(String name, int lives) implements Animal {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
	sealed interface Vehicle {

		record Car(int doors) implements Vehicle {
		}

		record Ship(String name) implements Vehicle {
		}

	}

	static final class Bean {

		private @Nullable String first;

		private @Nullable String last;

		private boolean isActive;

		private transient int reads;

		@Nullable String getFirst() {
			this.reads++;
			return this.first;
		}

		void setFirst(String first) {
			this.first = first;
		}

		public String getFullName() {
			return this.first + " " + this.last;
		}

		public boolean isActive() {
			return this.isActive;
		}

		public void setActive(boolean active) {
			this.isActive = active;
		}

		public int getReads() {
			return this.reads;
		}

	}

	static class Immutable {

		private final String name;

		private final int count;

		Immutable(@JsonProperty("name") String name, @JsonProperty("count") int count) {
			this.name = name;
			this.count = count;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Immutable that && that.name.equals(this.name) && that.count == this.count;
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.name, this.count);
		}

	}

	@JsonDeserialize(builder = Built.Builder.class)
	record Built(String name, int count) {

		@JsonPOJOBuilder(withPrefix = "")
		static final class Builder {

			private String nameValue = "";

			private int countValue;

			public Builder name(String name) {
				this.nameValue = name;
				return this;
			}

			public Builder count(int count) {
				this.countValue = count;
				return this;
			}

			public Built build() {
				return new Built(this.nameValue, this.countValue);
			}

		}

	}

	static class Parent {

		private String inherited = "";

		String inherited() {
			return this.inherited;
		}

		void inherit(String value) {
			this.inherited = value;
		}

	}

	static final class Inherited extends Parent {

		private String own = "";

		Inherited() {
		}

		Inherited(String inherited, String own) {
			inherit(inherited);
			this.own = own;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Inherited that && that.own.equals(this.own) && that.inherited().equals(inherited());
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.own, inherited());
		}

	}

}
