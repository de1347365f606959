package io.github.rediskit.autoconfigure;

import java.util.List;

import io.github.rediskit.setting.InvalidSettingException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Cookies that no browser would take.
 */
class SessionCookieTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			name    | my session | for a name
			name    | a;b        | for a name
			name    | ''         | for a name
			domain  | a b.com    | for a domain
			domain  | .shop.com  | for a domain
			domain  | a..b       | for a domain
			path    | /a;b       | for a path
			path    | /\u00e4         | for a path
			max-age | 100000d    | at most 2147483647 seconds
			""")
	void whatNoCookieCanHaveStopsTheStartWithASentence(String name, String value, String problem) {
		for (String prefix : List.of(SessionCookie.SERVLET, SessionCookie.REACTIVE)) {
			MockEnvironment environment = new MockEnvironment().withProperty(prefix + "." + name, value);
			assertThatExceptionOfType(InvalidSettingException.class)
				.isThrownBy(() -> SessionCookie.of(environment, prefix))
				.withMessageStartingWith(prefix + "." + name + " ")
				.withMessageContaining(problem);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "name=__Host-SESSION", "domain=shop-1.example.com", "domain=localhost", "path=/",
			"path=/shop/a b", "max-age=-1", "max-age=365d" })
	void othersCan(String property) {
		String[] parts = property.split("=");
		MockEnvironment environment = new MockEnvironment().withProperty(SessionCookie.SERVLET + "." + parts[0],
				parts[1]);
		assertThatNoException().isThrownBy(() -> SessionCookie.of(environment, SessionCookie.SERVLET).serializer());
	}

}
