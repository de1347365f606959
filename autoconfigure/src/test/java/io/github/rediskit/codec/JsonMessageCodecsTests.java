package io.github.rediskit.codec;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class JsonMessageCodecsTests {

	private final MessageCodecs codecs = new JsonMessageCodecs(JsonMapper.shared());

	@Test
	void aMessageComesBack() {
		Order order = new Order(7, "lamp", Instant.parse("2026-01-02T03:04:05Z"));
		assertThat(this.codecs.reader(Order.class).read(this.codecs.write(order))).isEqualTo(order);
	}

	@Test
	void aMessageIsWrittenAsTheApplicationWritesJson() {
		MessageCodecs snake = new JsonMessageCodecs(
				JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build());
		assertThat(snake.write(new Named("a"))).asString(StandardCharsets.UTF_8).isEqualTo("{\"given_name\":\"a\"}");
	}

	@Test
	void fieldsOfOtherProgramsAreProperties() {
		assertThat(this.codecs.reader(Order.class)
			.bind(Map.of("number", "7", "article", "lamp", "at", "2026-01-02T03:04:05Z", "colour", "red")))
			.isEqualTo(new Order(7, "lamp", Instant.parse("2026-01-02T03:04:05Z")));
	}

	@Test
	void elementsHaveTheTypeThatIsAskedFor() {
		byte[] json = bytes("[{\"givenName\":\"a\"},{\"givenName\":\"b\"}]");
		assertThat(this.codecs.reader(new TypeReference<List<Named>>() {
		}.getType()).read(json)).isEqualTo(List.of(new Named("a"), new Named("b")));
	}

	@Test
	void aPropertyThatIsNotKnownIsPassedOverWhateverTheApplicationSays() {
		MessageCodecs strict = new JsonMessageCodecs(
				JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build());
		assertThat(strict.reader(Named.class).read(bytes("{\"givenName\":\"a\",\"later\":1}")))
			.isEqualTo(new Named("a"));
	}

	@Test
	void aMessageNamesNoClassEvenIfTheApplicationsMapperWould() {
		MessageCodecs typing = new JsonMessageCodecs(JsonMapper.builder()
			.activateDefaultTyping(BasicPolymorphicTypeValidator.builder().allowIfSubType(Object.class).build(),
					DefaultTyping.NON_FINAL)
			.build());
		assertThat(typing.write(new Box("x"))).asString(StandardCharsets.UTF_8).isEqualTo("{\"content\":\"x\"}");
	}

	@Test
	void aTypeThatLetsTheMessageNameAClassIsRefused() {
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> this.codecs.reader(ByClass.class).read(bytes("{\"@class\":\"java.util.HashMap\"}")))
			.withMessageContaining("use JsonTypeInfo.Id.NAME");
	}

	@Test
	void aTypeWithNamedSubtypesIsReadAsTheNameSays() {
		byte[] json = this.codecs.write(new Circle(2));
		assertThat(this.codecs.reader(Shape.class).read(json)).isEqualTo(new Circle(2));
	}

	@Test
	void anErrorDoesNotQuoteTheMessage() {
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> this.codecs.reader(Order.class).read(bytes("{\"number\":\"s3cret\"}")))
			.withMessageContaining("Order")
			.satisfies((failure) -> assertThat(failure).hasNoCause())
			.withMessageNotContaining("s3cret");
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	record Order(long number, String article, Instant at) {
	}

	record Named(String givenName) {
	}

	static class Box {

		public Object content;

		Box(Object content) {
			this.content = content;
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
	interface ByClass {

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes(@JsonSubTypes.Type(value = Circle.class, name = "circle"))
	interface Shape {

	}

	record Circle(int radius) implements Shape {
	}

}
