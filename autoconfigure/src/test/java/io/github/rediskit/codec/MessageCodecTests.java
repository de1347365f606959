package io.github.rediskit.codec;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MessageCodecTests {

	private final MessageCodec codec = new MessageCodec(JsonMapper.shared());

	@Test
	void aMessageComesBack() {
		Order order = new Order(7, "lamp", Instant.parse("2026-01-02T03:04:05Z"));
		assertThat(this.codec.decode(this.codec.encode(order), Order.class)).isEqualTo(order);
	}

	@Test
	void aMessageIsWrittenAsTheApplicationWritesJson() {
		MessageCodec snake = new MessageCodec(
				JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build());
		assertThat(text(snake.encode(new Named("a")))).isEqualTo("{\"given_name\":\"a\"}");
	}

	@Test
	void elementsHaveTheTypeThatIsAskedFor() {
		byte[] json = bytes("[{\"givenName\":\"a\"},{\"givenName\":\"b\"}]");
		assertThat(this.codec.decode(json, new TypeReference<List<Named>>() {
		}.getType())).isEqualTo(List.of(new Named("a"), new Named("b")));
	}

	@Test
	void aPropertyThatIsNotKnownIsPassedOverWhateverTheApplicationSays() {
		MessageCodec strict = new MessageCodec(JsonMapper.builder()
			.enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			.build());
		assertThat(strict.decode(bytes("{\"givenName\":\"a\",\"later\":1}"), Named.class)).isEqualTo(new Named("a"));
	}

	@Test
	void aMessageNamesNoClassEvenIfTheApplicationsMapperWould() {
		MessageCodec typing = new MessageCodec(JsonMapper.builder()
			.activateDefaultTyping(BasicPolymorphicTypeValidator.builder().allowIfSubType(Object.class).build(),
					DefaultTyping.NON_FINAL)
			.build());
		assertThat(text(typing.encode(new Box("x")))).isEqualTo("{\"content\":\"x\"}");
	}

	@Test
	void aTypeThatLetsTheMessageNameAClassIsRefused() {
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> this.codec.decode(bytes("{\"@class\":\"java.util.HashMap\"}"), ByClass.class))
			.withMessageContaining("use JsonTypeInfo.Id.NAME");
	}

	@Test
	void aTypeWithNamedSubtypesIsReadAsTheNameSays() {
		byte[] json = this.codec.encode(new Circle(2));
		assertThat(this.codec.decode(json, Shape.class)).isEqualTo(new Circle(2));
	}

	@Test
	void anErrorDoesNotQuoteTheMessage() {
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> this.codec.decode(bytes("{\"number\":\"s3cret\"}"), Order.class))
			.withMessageContaining("Order")
			.satisfies((failure) -> assertThat(failure).hasNoCause())
			.withMessageNotContaining("s3cret");
	}

	@Test
	void whatFollowsAMessageIsNotPassedOver() {
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> this.codec.decode(bytes("{\"givenName\":\"a\"} {}"), Named.class));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
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
