package io.github.rediskit.key;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class KeyGlobTests {

	private static final KeyFamily PRODUCTS = new KeySpace("test", "shop").family("cache", "products");

	@Test
	void aGlobFitsTheTextThatPeopleRead() {
		assertThat(matching("user:*", "user:1", "user:", "user", "User:1", "xuser:1", "user%3A1"))
			.containsExactly("user:1", "user:");
		assertThat(matching("user:?", "user:1", "user:", "user:12", "user:ü", "user:😀")).containsExactly("user:1",
				"user:ü", "user:😀");
		assertThat(matching("{x} *", "{x} y", "{x}", "x y")).containsExactly("{x} y");
		assertThat(matching("a[b]", "a[b]", "ab", "a")).containsExactly("a[b]");
		assertThat(matching("a\\*", "a\\b", "a*", "ab")).containsExactly("a\\b");
		assertThat(matching("a*b", "a*b", "ab", "a:b", "abc")).containsExactly("a*b", "ab", "a:b");
		assertThat(matching("*3*", "a:b", "a3b", "3")).containsExactly("a3b", "3");
		assertThat(matching("it's*", "it's", "its")).containsExactly("it's");
		assertThat(matching("\uD83D*", "\uD83D!", "\uD83D\uDE00")).containsExactly("\uD83D!");
	}

	@Test
	void aNumberAndItsTextLookTheSame() {
		assertThat(matching("1", 1, 1L, "1", 11, "x1")).containsExactly(1, 1L, "1");
		assertThat(matching("1*", 1, "12", "1a", -1, 21)).containsExactly(1, "12", "1a");
		assertThat(matching("-?", -1, "-1", 1, "-")).containsExactly(-1, "-1");
		assertThat(matching("?2", 12, "12", "a2", 2)).containsExactly(12, "12", "a2");
	}

	@Test
	void compoundIdsAreReadAsTheyAreWritten() {
		assertThat(matching("*Point(1,*)", new Point(1, 2), new Point(2, 1))).containsExactly(new Point(1, 2));
		assertThat(matching("List(a,7)", List.of("a", 7), List.of("a", "7"), List.of("a", 8)))
			.containsExactly(List.of("a", 7), List.of("a", "7"));
		assertThat(matching("LocalDate(2026-*)", LocalDate.of(2026, 1, 1), LocalDate.of(2025, 1, 1)))
			.containsExactly(LocalDate.of(2026, 1, 1));
		assertThat(matching("Optional(a:*", Optional.of("a:b"), Optional.empty())).containsExactly(Optional.of("a:b"));
		assertThat(KeyGlob.of("(a,*").matches(KeyId.ofArguments("a", 1))).isTrue();
		assertThat(KeyGlob.of("(a,*").matches(KeyId.ofArguments("b", 1))).isFalse();
		assertThat(KeyGlob.of("~true").matches(KeyId.of(true))).isTrue();
	}

	@Test
	void aDigestIsReachedOnlyWithEverything() {
		KeyId digest = KeyId.of("user:" + "x".repeat(300));
		assertThat(KeyGlob.of("user:*").matches(digest)).isFalse();
		assertThat(KeyGlob.of("*a*").matches(digest)).isFalse();
		assertThat(KeyGlob.of("?*").matches(digest)).isFalse();
		assertThat(KeyGlob.of("**").matches(digest)).isTrue();
		assertThat(KeyGlob.of("**").matchesEverything()).isTrue();
		assertThat(KeyGlob.of("?*").matchesEverything()).isFalse();
	}

	@Test
	void manyWildcardsTakeNoLongTime() {
		KeyId id = KeyId.of("a".repeat(240));
		assertThat(KeyGlob.of("*a".repeat(100) + "b").matches(id)).isFalse();
		assertThat(KeyGlob.of("*a".repeat(100) + "*").matches(id)).isTrue();
	}

	@Test
	void redisIsGivenWhatIsCertainAndOneWildcard() {
		assertThat(pattern("user:*")).isEqualTo("test:shop:cache:products:{user%3A*}");
		assertThat(pattern("user:1")).isEqualTo("test:shop:cache:products:{user%3A1}");
		assertThat(pattern("u?e*r[1]")).isEqualTo("test:shop:cache:products:{u*r%5B1%5D}");
		assertThat(pattern("a\\*é")).isEqualTo("test:shop:cache:products:{a%5C*%C3%A9}");
		assertThat(pattern("x(a,*)")).isEqualTo("test:shop:cache:products:{x*}");
		assertThat(pattern("12*")).isEqualTo("test:shop:cache:products:{*12*}");
		assertThat(pattern("12")).isEqualTo("test:shop:cache:products:{*12}");
	}

	@Test
	void namesHoldNothingThatIsSpecialInAPattern() {
		for (String name : List.of("a*", "a?", "a[b]", "a\\", "a^")) {
			assertThatIllegalArgumentException().isThrownBy(() -> new KeySpace(null, "shop").family("cache", name));
			assertThatIllegalArgumentException().isThrownBy(() -> new KeySpace(null, name));
		}
	}

	@Test
	void aKeyTellsItsIdToItsOwnFamilyOnly() {
		for (Object value : List.of(1, "1", "user:1", "{x}", "", new Point(1, 2), "x".repeat(300))) {
			assertThat(PRODUCTS.id(PRODUCTS.key(KeyId.of(value)))).isEqualTo(KeyId.of(value));
		}
		assertThat(PRODUCTS.id(new KeySpace("test", "shop").family("cache", "products2").key(KeyId.of(1)))).isNull();
		assertThat(PRODUCTS.id(new KeySpace("test", "shop").family("cache-lease", "products").key(KeyId.of(1))))
			.isNull();
		for (String id : List.of("", "a b", "a}b", "a{b", "a:b", "\u00e9", "a\nb", "a*b", "x".repeat(241))) {
			assertThat(PRODUCTS.id(("test:shop:cache:products:{" + id + "}").getBytes(StandardCharsets.ISO_8859_1)))
				.as(id)
				.isNull();
		}
		assertThat(PRODUCTS.id("test:shop:cache:products:{a".getBytes(StandardCharsets.US_ASCII))).isNull();
		assertThat(PRODUCTS.id(new byte[0])).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "%", "%2", "%u00", "%zz", "%u", "a%", "~", "'", "''", "%C3", "%FF%FE" })
	void aKeyThatNobodyEncodedIsReadSomehow(String id) {
		assertThat(KeyGlob.of("no*match").matches(KeyId.ofText(id))).isFalse();
	}

	@Test
	void aGlobThatCanNotBeMeantIsRefusedWithASentence() {
		assertThatIllegalArgumentException().isThrownBy(() -> KeyGlob.of(""))
			.withMessage("The glob is empty: write which keys are meant, such as \"user:*\", or \"*\" for all");
		assertThatIllegalArgumentException().isThrownBy(() -> KeyGlob.of("user:\n*"))
			.withMessage("The glob has the control character U+000A: write '?' where a key has one");
		assertThat(KeyGlob.of("a?b").matches(KeyId.of("a\nb"))).isTrue();
	}

	private static List<Object> matching(String glob, Object... values) {
		return Arrays.stream(values).filter((value) -> KeyGlob.of(glob).matches(KeyId.of(value))).toList();
	}

	private static String pattern(String glob) {
		return new String(PRODUCTS.pattern(KeyGlob.of(glob)), StandardCharsets.US_ASCII);
	}

	record Point(int x, int y) {
	}

}
