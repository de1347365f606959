package io.github.rediskit.key;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class KeySpaceTests {

	private static final String LONGEST = "n".repeat(80);

	private final KeySpace shop = new KeySpace(null, "shop");

	@Test
	void aKeyNamesTheNamespaceTheFeatureAndTheNameAndTagsTheId() {
		assertThat(text(this.shop.family("cache", "products").key(KeyId.of(42)))).isEqualTo("shop:cache:products:{42}");
		assertThat(text(this.shop.key("cache-generation", "products"))).isEqualTo("shop:cache-generation:products");
	}

	@Test
	void theEnvironmentComesFirst() {
		KeySpace staging = new KeySpace("staging", "shop");

		assertThat(text(staging.family("cache", "products").key(KeyId.of("a"))))
			.isEqualTo("staging:shop:cache:products:{a}");
		assertThat(text(staging.key("cache-generation", "products")))
			.isEqualTo("staging:shop:cache-generation:products");
	}

	@Test
	void aFamilyReadsAsWhatItsKeysBeginWith() {
		assertThat(this.shop.family("cache", "products")).hasToString("shop:cache:products:");
	}

	@Test
	void anEntryAndItsHelpersShareTheHashTag() {
		for (Object id : List.of(42, "42", "", "}", "{", "a}:{b", "x".repeat(5000), List.of("}", "{"))) {
			KeyId key = KeyId.of(id);
			String entry = text(this.shop.family("cache", "products").key(key));
			String lease = text(this.shop.family("cache-lease", "products").key(key));

			assertThat(hashTag(entry)).isNotEmpty().isEqualTo(hashTag(lease)).isEqualTo(key.text());
		}
	}

	@Test
	void theLongestKeyIsNoLongerThan512Bytes() {
		KeySpace longest = new KeySpace(LONGEST, LONGEST);

		for (String feature : List.of("cache", "cache-generation", "f".repeat(26))) {
			KeyFamily family = longest.family(feature, LONGEST);
			assertThat(family.key(KeyId.of("x".repeat(KeyId.MAX_LENGTH)))).hasSizeLessThanOrEqualTo(512);
			assertThat(family.key(KeyId.of("x".repeat(5000)))).hasSizeLessThanOrEqualTo(512);
			assertThat(longest.key(feature, LONGEST)).hasSizeLessThanOrEqualTo(512);
		}
	}

	@Test
	void aFeatureWhoseKeysCouldBeTooLongIsRefused() {
		KeySpace longest = new KeySpace(LONGEST, LONGEST);

		assertThatIllegalArgumentException().isThrownBy(() -> longest.family("f".repeat(27), LONGEST))
			.withMessageContaining("could be longer than 512 bytes");
	}

	@Test
	void noIdReachesIntoTheKeysOfAnotherName() {
		KeyFamily a = this.shop.family("cache", "a");
		KeyFamily b = this.shop.family("cache", "b");

		assertThat(text(a.key(KeyId.of("}:b:{1")))).isEqualTo("shop:cache:a:{%7D%3Ab%3A%7B1}");
		assertThat(a.key(KeyId.of("}:b:{1"))).isNotEqualTo(b.key(KeyId.of(1)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a b", "a:b", "{a}", "a\n", "\na", "a*", "é", "a/b", "a\0", "a\u2028" })
	void aNameWithForbiddenCharactersIsRefusedWithWhatIsAllowed(String name) {
		assertRefused("name", name, () -> this.shop.family("cache", name));
		assertRefused("name", name, () -> this.shop.key("cache", name));
		assertRefused("namespace", name, () -> new KeySpace(null, name));
		assertRefused("environment", name, () -> new KeySpace(name, "shop"));
	}

	@Test
	void aNameOfMoreThan80CharactersIsRefused() {
		assertRefused("name", LONGEST + "n", () -> this.shop.family("cache", LONGEST + "n"));
		assertThat(this.shop.family("cache", LONGEST)).isNotNull();
	}

	private static void assertRefused(String kind, String name, ThrowingCallable call) {
		assertThatExceptionOfType(InvalidKeyNameException.class).isThrownBy(call)
			.withMessage("The %s '%s' can't be part of a Redis key: use letters, digits, '-', '_' and '.', "
				.formatted(kind, name) + "at most 80 of them");
	}

	private static String text(byte[] key) {
		return new String(key, StandardCharsets.US_ASCII);
	}

	/**
	 * What a cluster hashes: the text between the first brace and the next closing one.
	 */
	private static String hashTag(String key) {
		int start = key.indexOf('{');
		return key.substring(start + 1, key.indexOf('}', start));
	}

}
