package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.rediskit.session.DeviceParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

class UserAgentDevicesTests {

	private static final DeviceParser DEVICES = ShortenedAgents.orBetter(UserAgentDevicesTests.class.getClassLoader());

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0 | Firefox 130 on Windows 10",
			"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 | Safari 17 on Mac OS X",
			"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1 | Mobile Safari on iPhone",
			"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 | Chrome 142 on Linux",
			"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0 | Firefox 131 on Ubuntu",
			"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 | Chrome Mobile on K",
			"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 | Chrome Mobile on Pixel 8",
			"curl/8.5.0 | curl 8", "ShopApp/2.1 (build 7) | ShopApp/2.1 (build 7)" })
	void saysInAFewWordsWhatAUserKnows(String agent, String description) {
		assertThat(DEVICES.describe(agent)).isEqualTo(description);
	}

	@Test
	void whoSaysNothingIsAnUnknownDevice() {
		assertThat(List.of(DEVICES.describe(null), DEVICES.describe(""), DEVICES.describe(" \t"),
				DEVICES.describe("\u0000\ud800")))
			.containsOnly("unknown device");
	}

	@ParameterizedTest
	@ValueSource(strings = { " ", "a", "(", "/", ";", "1.", "Mozilla/5.0 (", "Linux; ", "Android ", "SmartWatch(", "; ",
			"iPhone; CPU ", "HbbTV/1.1.1 (;;;;;", "Build/", "\u0000", "<script>", "\n", "OPR/", "Version/1 " })
	void whatIsMeantToTakeLongTakesNoTime(String part) {
		DEVICES.describe("warm up");
		for (String agent : List.of(part.repeat(100_000), "Mozilla/5.0 (X11; " + part.repeat(100_000),
				"Mozilla/5.0 (Linux; Android 14; " + part.repeat(400) + ") Mobile Safari/1")) {
			long before = System.nanoTime();
			String description = DEVICES.describe(agent);
			assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
			assertThat(description).isNotBlank().hasSizeLessThanOrEqualTo(62).doesNotContainPattern("[^ -~…]");
		}
	}

	@Test
	void nothingIsLoadedBeforeTheFirstLogIn() {
		DeviceParser parser = ShortenedAgents.orBetter(getClass().getClassLoader());

		assertThat(parser).isInstanceOf(UserAgentDevices.class);
		assertThat(ReflectionTestUtils.getField(parser, "parser")).isNull();
	}

	@Test
	void remembersAThousandAgentsAndNoMore() {
		AtomicInteger asked = new AtomicInteger();
		UserAgentDevices devices = new UserAgentDevices((agent) -> "unknown " + asked.incrementAndGet());
		ReflectionTestUtils.setField(devices, "broken", true);

		assertThat(devices.describe("a")).isEqualTo("unknown 1");
		assertThat(devices.describe("a")).isEqualTo("unknown 1");
		IntStream.range(0, 2000).forEach((i) -> devices.describe("agent " + i));
		assertThat(devices.describe("a")).isEqualTo("unknown 2002");
		assertThat((Map<?, ?>) ReflectionTestUtils.getField(devices, "known")).hasSize(1000);
	}

	@Test
	void withoutTheLibraryItIsTheBeginningOfTheAgent() {
		DeviceParser parser = ShortenedAgents.orBetter(new FilteredClassLoader("ua_parser"));

		assertThat(parser.describe("Mozilla/5.0\t(X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"))
			.isEqualTo("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Fi…");
		assertThat(parser.describe(null)).isEqualTo("unknown device");
	}

	@Test
	void isUsedByManyThreads() {
		assertThatCode(() -> IntStream.range(0, 200)
			.parallel()
			.forEach((i) -> assertThat(DEVICES.describe("curl/" + i + ".1")).isEqualTo("curl " + i)))
			.doesNotThrowAnyException();
	}

}
