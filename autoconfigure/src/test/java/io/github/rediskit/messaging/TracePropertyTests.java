package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What travels with published JSON.
 */
class TracePropertyTests {

	private static final Map<String, String> TRACE = Map.of("traceparent", "00-4bf9-00f0-01");

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "{}", "{\"a\":1}", "{\"a\":{}}", "{\"a\":\"ü\\\"@trace\\\":{\"}", "{\"a\":[{\"b\":null}]}" })
	void whatTravelsWithAnObjectIsTakenOffIt(String json) {
		byte[] sent = TraceProperty.add(bytes(json), TRACE);
		assertThat(text(sent)).endsWith("\"@trace\":{\"traceparent\":\"00-4bf9-00f0-01\"}}");
		TraceProperty received = TraceProperty.of(sent);
		assertThat(text(received.message())).isEqualTo(json);
		assertThat(received.fields()).isEqualTo(TRACE);
	}

	@Test
	void quotesAndSeveralFieldsTravelAndOddSignsStay() {
		Map<String, String> fields = new LinkedHashMap<>();
		fields.put("tracestate", "a=\"b\\c\",d={e}");
		fields.put("baggage", "user=ü");
		fields.put("traceparent", "00-1-2-01");
		TraceProperty received = TraceProperty.of(TraceProperty.add(bytes("{\"a\":1}"), fields));
		assertThat(received.fields()).isEqualTo(Map.of("tracestate", "a=\"b\\c\",d={e}", "traceparent", "00-1-2-01"));
		assertThat(text(received.message())).isEqualTo("{\"a\":1}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "7", "[1]", "\"text\"", "null", "plain text", "{\n}", "[{}]" })
	void nothingTravelsWithWhatIsNoObject(String message) {
		assertThat(TraceProperty.add(bytes(message), TRACE)).isEqualTo(bytes(message));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "}", "{}", "{\"a\":{\"@trace\":{\"k\":\"v\"}}}", "{\"a\":1,\"@trace\":{\"k\":1}}",
			"{\"a\":\"\\\"@trace\\\":{\\\"k\\\":\\\"v\\\"}}\"}}", "{\"@trace\":{\"k\":\"v\"},\"a\":{\"k\":\"v\"}}",
			"{\"a\":1,\"@trace\":{}}", "{\"a\":1,\"@trace\":{\"k\":\"v\",}}", "{\"a\":1,\"@trace\":{\"k\":\"v\"}}}",
			"{\"a\":1,\"@trace\":{\"k\":\"v\\\"}}", "[1,\"@trace\":{\"k\":\"v\"}}" })
	void everythingElseIsLeftAsItIs(String message) {
		TraceProperty received = TraceProperty.of(bytes(message));
		assertThat(text(received.message())).isEqualTo(message);
		assertThat(received.fields()).isEmpty();
	}

	@Test
	void moreThanThereIsRoomForDoesNotTravel() {
		byte[] json = bytes("{\"a\":1}");
		assertThat(TraceProperty.add(json, Map.of("baggage", "x".repeat(20_000)))).isSameAs(json);
	}

}
