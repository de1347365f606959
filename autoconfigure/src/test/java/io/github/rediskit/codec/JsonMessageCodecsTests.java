package io.github.rediskit.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What messages look like as JSON, and what is read.
 */
class JsonMessageCodecsTests {

	private final MessageCodecs codecs = new JsonMessageCodecs(JsonMapper.shared());

	private static byte[] json(String text) {
		return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
	}

	private String written(Object message) {
		return new String(this.codecs.write(message), StandardCharsets.UTF_8).replace('"', '\'');
	}

	@Test
	void whatAReaderDoesNotKnowIsIgnoredAndWhatIsMissingHasItsDefault() {
		MessageCodecs.Reader<Order> orders = this.codecs.reader(Order.class);
		assertThat(orders.read(json("{'number':42,'colour':'red'}"))).isEqualTo(new Order(42, null));
	}

	@Test
	void fieldsOfOtherProgramsAreProperties() {
		MessageCodecs.Reader<Order> orders = this.codecs.reader(Order.class);
		assertThat(orders.bind(Map.of("number", "42", "article", "lamp", "colour", "red")))
			.isEqualTo(new Order(42, "lamp"));
	}

	@Test
	void theApplicationsNamingApplies() {
		JsonMapper snake = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
		assertThat(new String(new JsonMessageCodecs(snake).write(new Named("lamp")), StandardCharsets.UTF_8))
			.isEqualTo("{\"article_name\":\"lamp\"}");
	}

	@Test
	void aSealedTypeIsReadByTheNameOfItsSubclass() {
		assertThat(written(new Paid(42))).contains("'@type':'").doesNotContain("rediskit");
		MessageCodecs.Reader<Event> events = this.codecs.reader(Event.class);
		assertThat(events.read(this.codecs.write(new Paid(42)))).isEqualTo(new Paid(42));
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> events.read(json("{'@type':'java.lang.Runtime'}")));
	}

	@Test
	void noClassIsNamedWhateverTheMapperSays() {
		JsonMapper naming = JsonMapper.builder()
			.activateDefaultTyping(BasicPolymorphicTypeValidator.builder().allowIfBaseType(Object.class).build(),
					DefaultTyping.NON_FINAL)
			.build();
		MessageCodecs strict = new JsonMessageCodecs(naming);
		assertThat(new String(strict.write(List.of(new Order(1, "lamp"))), StandardCharsets.UTF_8))
			.isEqualTo("[{\"number\":1,\"article\":\"lamp\"}]");
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> this.codecs.write(new Gadget()))
			.withMessageContaining("lets the JSON name a class to instantiate");
	}

	@Test
	void whatCanNotBeReadIsNotQuoted() {
		MessageCodecs.Reader<Order> orders = this.codecs.reader(Order.class);
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> orders.read(json("{'number':'secret'}")))
			.withMessageContaining(Order.class.getName())
			.satisfies((ex) -> assertThat(ex).hasNoCause())
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("secret"));
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> orders.read(json("null")));
	}

	record Order(int number, String article) {
	}

	record Named(String articleName) {
	}

	sealed interface Event permits Paid, Shipped {

	}

	record Paid(int number) implements Event {
	}

	record Shipped(int number) implements Event {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
	static class Gadget {

		public int number = 1;

	}

}
