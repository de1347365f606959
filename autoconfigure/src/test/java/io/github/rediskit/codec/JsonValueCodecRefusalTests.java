package io.github.rediskit.codec;

import java.io.InputStream;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.ser.std.StdSerializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What could not be read back is refused: a type when its codec is made, a value when it
 * is encoded.
 */
class JsonValueCodecRefusalTests {

	private final JsonValueCodecs codecs = new JsonValueCodecs(JsonMapper.builder().build());

	@ParameterizedTest
	@MethodSource("unreadableTypes")
	void aTypeThatCanNotBeReadBackIsRefusedWithAReason(Type type, String reason) {
		assertThatExceptionOfType(UnsupportedValueTypeException.class).isThrownBy(() -> this.codecs.codec(type))
			.withMessageContaining(reason);
	}

	static Stream<Arguments> unreadableTypes() {
		String open = "declare the type that is returned";
		String once = "can be read only once";
		String isAbstract = "what class to read back is not known";
		String key = "which JSON can't read back";
		String loses = "JSON would lose a part";
		String leftOut = "is left out of its JSON";
		String names = "use JsonTypeInfo.Id.NAME";
		return Stream.of(Arguments.of(Object.class, open), Arguments.of(List.class, open),
				Arguments.of(Page.class, open), Arguments.of(Object[].class, open), of(new TypeReference<List<?>>() {
				}, open), of(new TypeReference<Map<String, Object>>() {
				}, open), of(new TypeReference<Map<Object, String>>() {
				}, key), Arguments.of(Attributes.class, Attributes.class.getName() + ".values is declared as Object"),
				of(new TypeReference<Stream<String>>() {
				}, once), of(new TypeReference<List<CompletableFuture<String>>>() {
				}, once), of(new TypeReference<Iterator<String>>() {
				}, once), of(new TypeReference<Flow.Publisher<String>>() {
				}, once), Arguments.of(InputStream.class, once), Arguments.of(Runnable.class, loses),
				Arguments.of(Open.class, isAbstract), Arguments.of(Unfinished.class, isAbstract),
				Arguments.of(HalfSealed.class, isAbstract), Arguments.of(Nameless.class, isAbstract),
				of(new TypeReference<Optional<Open>>() {
				}, isAbstract), of(new TypeReference<Map<Sku, Integer>>() {
				}, key), of(new TypeReference<Map<List<String>, Integer>>() {
				}, key), of(new TypeReference<Map<byte[], Integer>>() {
				}, key), of(new TypeReference<Map<Class<?>, Integer>>() {
				}, key), of(new TypeReference<List<Map.Entry<Sku, Integer>>>() {
				}, key), of(new TypeReference<Optional<Optional<String>>>() {
				}, "optional of an optional"), Arguments.of(java.sql.Timestamp.class, loses),
				Arguments.of(Calendar.class, loses), Arguments.of(Number.class, loses),
				Arguments.of(CharSequence.class, loses), Arguments.of(java.io.Serializable.class, loses),
				Arguments.of(Class.class, loses), Arguments.of(Clock.class, loses),
				Arguments.of(Throwable.class, loses), Arguments.of(Thread.class, loses),
				Arguments.of(Ignoring.class, leftOut), Arguments.of(IgnoringByGetter.class, leftOut),
				Arguments.of(IgnoringByName.class, leftOut), Arguments.of(WriteOnly.class, leftOut),
				Arguments.of(WriteOnlyField.class, leftOut), of(new TypeReference<List<Page<Ignoring>>>() {
				}, Ignoring.class.getName() + ".secret is left out"),
				Arguments.of(Basket.class, Basket.class.getName() + ".owner is left out"),
				Arguments.of(Locked.class, "is written to JSON but can't be read back"),
				Arguments.of(Masked.class, "Masked.card has a serializer of its own"),
				Arguments.of(Shadowing.class, leftOut),
				Arguments.of(ReadOnly.class, "is written to JSON but can't be read back"),
				Arguments.of(Named.class, names), Arguments.of(NamedMember.class, names),
				Arguments.of(Endless.class, "grow without end"));
	}

	@Test
	void aTypeThatAMixInNamesByItsClassIsRefused() {
		JsonValueCodecs codecs = new JsonValueCodecs(JsonMapper.builder().addMixIn(Sku.class, Named.class).build());

		assertThatExceptionOfType(UnsupportedValueTypeException.class).isThrownBy(() -> codecs.codec(Sku.class))
			.withMessageContaining("use JsonTypeInfo.Id.NAME");
	}

	@ParameterizedTest
	@MethodSource("unwritableValues")
	void aValueThatWouldBeReadBackAsSomethingElseIsNotEncoded(Type type, Object value) {
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> this.codecs.codec(type).encode(value))
			.withNoCause()
			.withMessageMatching("(?s)A .* (would be read back as .*|can't be written .*)");
	}

	static Stream<Arguments> unwritableValues() {
		Node cycle = new Node();
		cycle.next = cycle;
		return Stream.of(Arguments.of(Fruit.class, new Apple()), Arguments.of(Fruit.class, new Fruit() {
		}), of(new TypeReference<List<Fruit>>() {
		}, List.of(new Fruit(), new Apple())), of(new TypeReference<Map<String, Fruit>>() {
		}, Map.of("a", new Apple())), of(new TypeReference<Optional<Fruit>>() {
		}, Optional.of(new Apple())), of(new TypeReference<Page<Fruit>>() {
		}, new Page<>(List.of(new Apple()))), Arguments.of(Fruit[].class, new Fruit[] { new Apple() }),
				Arguments.of(Fruit[].class, new Apple[0]), Arguments.of(Tool.class, new Tool.Hammer.Sledge()),
				of(new TypeReference<List<Tool>>() {
				}, List.of(new Tool.Hammer.Sledge())), Arguments.of(Plant.class, new Weed()),
				of(new TypeReference<List<Plant>>() {
				}, List.of(new Weed())), Arguments.of(Date.class, new java.sql.Timestamp(1)),
				Arguments.of(BigDecimal.class, new BigDecimal(1) {
				}), Arguments.of(Words.class, new MoreWords()), Arguments.of(Node.class, cycle),
				Arguments.of(Failing.class, new Failing("bob@example.org")), Arguments.of(Locale.class, malformed()),
				of(new TypeReference<Map<Locale, String>>() {
				}, Map.of(malformed(), "a")));
	}

	@Test
	void aValueOfAnyClassWithTheSameMeaningIsEncoded() {
		assertThatNoException().isThrownBy(() -> {
			encode(new TypeReference<List<Integer>>() {
			}.getType(), List.of(1).subList(0, 1));
			encode(new TypeReference<Map<String, Integer>>() {
			}.getType(), new HashMap<>(Map.of("a", 1)));
			encode(new TypeReference<Set<Integer>>() {
			}.getType(), Map.of(1, 2).keySet());
			encode(new TypeReference<Optional<Integer>>() {
			}.getType(), Optional.of(1));
			encode(long.class, 1L);
			encode(Tool.class, new Tool.Hammer());
		});
	}

	@Test
	void noMessageQuotesTheValue() {
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> encode(Failing.class, new Failing("bob@example.org")))
			.withNoCause()
			.withMessageNotContaining("bob")
			.withMessageContaining("IllegalStateException");
		for (String json : List.of("\"bob\"", "{\"bob\":1}", "{\"values\":\"bob\"}", "{\"values\":[\"bob\"", "bob")) {
			assertThatExceptionOfType(CodecException.class).isThrownBy(() -> decode(Numbers.class, json))
				.withNoCause()
				.withMessageNotContaining("bob")
				.withMessageStartingWith("No JSON of a ");
		}
	}

	@Test
	void aBackReferenceIsRestoredThoughItIsNotWritten() {
		Order order = new Order();
		Line line = new Line();
		line.order = order;
		order.lines.add(line);

		Order decoded = (Order) decode(Order.class, new String(encode(Order.class, order), StandardCharsets.UTF_8));

		assertThat(decoded.lines).singleElement().satisfies((read) -> assertThat(read.order).isSameAs(decoded));
	}

	@Test
	void anUnwrappedMemberIsReadBack() {
		assertThat(decode(Wrapping.class,
				new String(encode(Wrapping.class, new Wrapping(new Sku("a"), 1)), StandardCharsets.UTF_8)))
			.isEqualTo(new Wrapping(new Sku("a"), 1));
	}

	private byte[] encode(Type type, Object value) {
		return this.codecs.codec(type).encode(value);
	}

	private @Nullable Object decode(Type type, String json) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		return this.codecs.codec(type).decode(bytes, 0, bytes.length);
	}

	private static Arguments of(TypeReference<?> type, Object value) {
		return Arguments.of(type.getType(), value);
	}

	@SuppressWarnings("deprecation") // the constructor that takes whatever it is given
	private static Locale malformed() {
		return new Locale("en_US");
	}

	record Page<T>(List<T> items) {
	}

	record Attributes(Map<String, Object> values) {
	}

	record Numbers(List<Integer> values) {
	}

	record Sku(String code) {
	}

	record Wrapping(@JsonUnwrapped Sku sku, int count) {
	}

	record Endless<T>(T value, @Nullable Endless<List<T>> next) {
	}

	interface Open {

	}

	abstract static class Unfinished {

	}

	sealed interface HalfSealed {

		record Done() implements HalfSealed {
		}

		non-sealed interface Anything extends HalfSealed {

		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	interface Nameless {

	}

	record Ignoring(String name, @JsonIgnore String secret) {
	}

	static class IgnoringByGetter {

		private @Nullable String secret;

		@JsonIgnore
		public @Nullable String getSecret() {
			return this.secret;
		}

		public void setSecret(String secret) {
			this.secret = secret;
		}

	}

	@JsonIgnoreProperties("secret")
	record IgnoringByName(String name, String secret) {
	}

	record WriteOnly(@JsonProperty(access = JsonProperty.Access.WRITE_ONLY) String secret) {
	}

	static class WriteOnlyField {

		@JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
		private @Nullable String secret;

		public @Nullable String getSecret() {
			return this.secret;
		}

	}

	static class ReadOnly {

		@JsonProperty(access = JsonProperty.Access.READ_ONLY)
		private @Nullable String name;

		public @Nullable String getName() {
			return this.name;
		}

	}

	static class Locked {

		private final List<String> names = new ArrayList<>();

		public List<String> getNames() {
			return this.names;
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
	static class Named {

	}

	record NamedMember(@JsonTypeInfo(use = JsonTypeInfo.Id.MINIMAL_CLASS) Sku sku) {
	}

	record Masked(@JsonSerialize(using = Masking.class) String card) {
	}

	static class Masking extends StdSerializer<String> {

		Masking() {
			super(String.class);
		}

		@Override
		public void serialize(String value, JsonGenerator generator, SerializationContext context) {
			generator.writeString("***");
		}

	}

	static class Shadowed {

		protected String name = "";

	}

	@SuppressWarnings("HidingField")
	static class Shadowing extends Shadowed {

		private String name = "";

		public String getNames() {
			return this.name + super.name;
		}

	}

	static class Fruit {

	}

	static class Apple extends Fruit {

	}

	sealed interface Tool {

		non-sealed class Hammer implements Tool {

			static class Sledge extends Hammer {

			}

		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes(@JsonSubTypes.Type(Flower.class))
	static class Plant {

	}

	static class Flower extends Plant {

	}

	static class Weed extends Plant {

	}

	static class Words extends ArrayList<String> {

		private static final long serialVersionUID = 1L;

	}

	static class MoreWords extends Words {

		private static final long serialVersionUID = 1L;

	}

	static class Basket extends ArrayList<String> {

		private static final long serialVersionUID = 1L;

		String owner = "";

	}

	static class Node {

		@Nullable Node next;

	}

	static class Failing {

		@JsonProperty
		private final String name;

		Failing(@JsonProperty("name") String name) {
			this.name = name;
		}

		@JsonProperty
		String getName() {
			throw new IllegalStateException(this.name);
		}

	}

	static class Order {

		@JsonManagedReference
		private List<Line> lines = new ArrayList<>();

	}

	static class Line {

		@JsonBackReference
		private @Nullable Order order;

	}

}
