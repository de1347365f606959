package io.github.rediskit.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.rediskit.codec.AttributeCodec;
import io.github.rediskit.codec.AttributeTypes;
import io.github.rediskit.codec.CodecException;
import io.github.rediskit.codec.JdkAttributeCodec;
import io.github.rediskit.codec.JsonAttributeCodec;
import org.junit.jupiter.api.Test;

import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.servlet.FlashMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What Spring MVC keeps in a session for the request after a redirect.
 */
class FlashAttributesTests {

	private static final byte[] PLACE = { 1 };

	private static final ClassLoader LOADER = FlashAttributesTests.class.getClassLoader();

	private static final AttributeTypes TYPES = AttributeTypes.of(List.of(FlashAttributes.Maps.class.getName()),
			LOADER);

	private static final List<AttributeCodec> CODECS = List.of(
			new FlashAttributes(JsonAttributeCodec.of(TYPES, List.of())),
			new FlashAttributes(JdkAttributeCodec.of(TYPES)));

	@Test
	void aFlashMapComesBack() {
		FlashMap map = map("message", "saved");
		map.put("counts", List.of(1L, 2L));
		map.setTargetRequestPath("/shown");
		map.addTargetRequestParams(new LinkedMultiValueMap<>(Map.of("id", List.of("1", "2"))));
		map.setExpirationTime(4_000_000_000_000L);
		for (AttributeCodec codec : CODECS) {
			Object again = roundTrip(codec, new CopyOnWriteArrayList<>(List.of(map, map("other", 1))));

			assertThat(again).isExactlyInstanceOf(CopyOnWriteArrayList.class).isEqualTo(List.of(map, map("other", 1)));
			FlashMap first = (FlashMap) ((List<?>) again).get(0);
			assertThat(first.getExpirationTime()).isEqualTo(4_000_000_000_000L);
			assertThat(first.getTargetRequestParams()).isEqualTo(map.getTargetRequestParams());
		}
	}

	@Test
	void whatIsInItMustBeAllowed() {
		for (AttributeCodec codec : CODECS) {
			assertThatExceptionOfType(CodecException.class)
				.isThrownBy(() -> codec.encode(PLACE, "flash", List.of(map("thread", new Thread()))))
				.withMessageContaining("'flash'");
		}
	}

	@Test
	void otherListsStayWhatTheyAre() {
		for (AttributeCodec codec : CODECS) {
			for (Object value : List.of(new ArrayList<>(), new ArrayList<>(List.of(1)), "text")) {
				assertThat(roundTrip(codec, value)).isEqualTo(value).hasSameClassAs(value);
			}
		}
	}

	private static FlashMap map(String name, Object value) {
		FlashMap map = new FlashMap();
		map.put(name, value);
		return map;
	}

	private static Object roundTrip(AttributeCodec codec, Object value) {
		return codec.decode(PLACE, "flash", codec.encode(PLACE, "flash", value));
	}

}
