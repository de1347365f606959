package io.github.rediskit.autoconfigure;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;

import io.github.rediskit.cache.Cached;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.ValueCodec;
import io.github.rediskit.codec.ValueCodecs;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Format, compression, encryption and size of values, by properties.
 */
@RedisTest
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class StoredValuesConfigurationTests {

	/** 32 bytes, and nothing that occurs elsewhere. */
	private static final String KEY = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I=";

	private static final String OTHER_KEY = "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q=";

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri())
		.withBean(Library.class);

	@Test
	void anEntryIsEncryptedWithTheKeyThatTheCacheNames() {
		this.runner
			.withPropertyValues("rediskit.encryption.keys.2025=" + OTHER_KEY, "rediskit.encryption.keys.2026=" + KEY,
					"rediskit.cache.caches.books.encryption.key-id=2026")
			.run((context) -> {
				Library library = context.getBean(Library.class);
				assertThat(library.book(1)).isEqualTo(library.book(1));
				assertThat(library.calls()).isOne();
				assertThat(entry()).contains("2026").doesNotContain("Ishmael");
			});
	}

	@Test
	void aRotatedKeyStillReads() {
		this.runner
			.withPropertyValues("rediskit.encryption.keys.2025=" + OTHER_KEY,
					"rediskit.cache.defaults.encryption.key-id=2025")
			.run((context) -> context.getBean(Library.class).book(1));
		this.runner
			.withPropertyValues("rediskit.encryption.keys.2025=" + OTHER_KEY, "rediskit.encryption.keys.2026=" + KEY,
					"rediskit.cache.defaults.encryption.key-id=2026")
			.run((context) -> {
				context.getBean(Library.class).book(1);
				assertThat(context.getBean(Library.class).calls()).isZero();
			});
	}

	@Test
	void anEntryIsCborAndCompressedIfTheSettingsSaySo() {
		this.runner.withPropertyValues("rediskit.cache.defaults.format=cbor").run((context) -> {
			Library library = context.getBean(Library.class);
			assertThat(library.book(1)).isEqualTo(library.book(1));
			assertThat(library.calls()).isOne();
			assertThat(entry()).contains("Ishmael").doesNotContain("{\"", "\"title\"");
		});
		this.runner.withPropertyValues("rediskit.cache.caches.books.compression.enabled=true").run((context) -> {
			context.getBean(Library.class).book(1);
			assertThat(entry()).hasSizeLessThan(300);
		});
	}

	@Test
	void aValueThatIsTooLargeIsLoggedOnceAndReturned(CapturedOutput output) {
		this.runner.withPropertyValues("rediskit.cache.caches.books.max-value-size=1KB").run((context) -> {
			Library library = context.getBean(Library.class);
			assertThat(library.book(1)).isEqualTo(library.book(1));
			assertThat(library.calls()).isEqualTo(2);
		});
		assertThat(output).containsOnlyOnce("could not be stored")
			.contains("more than max-value-size (1024 bytes)")
			.doesNotContain("Ishmael");
	}

	@Test
	void keysMayComeFromABeanInstead() {
		this.runner
			.withBean(EncryptionKeys.class,
					() -> new EncryptionKeys(Map.of("vault", new byte[EncryptionKeys.KEY_LENGTH]), new SecureRandom()))
			.withPropertyValues("rediskit.cache.defaults.encryption.key-id=vault")
			.run((context) -> {
				context.getBean(Library.class).book(1);
				assertThat(entry()).contains("vault");
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					rediskit.encryption.keys.a=!c2VjcmV0   | 'rediskit.encryption.keys.a'  | openssl rand -base64 32
					rediskit.encryption.keys.a=c2VjcmV0    | has 6 bytes instead of 32     | openssl rand -base64 32
					rediskit.encryption.keys.a=            | has 0 bytes instead of 32     | openssl rand -base64 32
					rediskit.encryption.keys[a b]=KEY      | has a key whose id is none    | at most 32 letters
					rediskit.encryption.keys[KEY]=a        | has a key whose id is none    | at most 32 letters
					rediskit.encryption.kyes.a=KEY         | 'rediskit.encryption.kyes.a'  | Did you mean 'rediskit.encryption.keys.a'?
					rediskit.encryption.keys=KEY           | 'rediskit.encryption.keys'    | Correct the property
					rediskit.cache.defaults.encryption.key-id=b      | 'rediskit.cache.defaults.encryption.key-id'     | Set rediskit.encryption.keys.<id>
					rediskit.cache.caches.books.encryption.key-id=b  | names the encryption key 'b', which does not exist | openssl
					rediskit.cache.caches.books.encryption.key-id=KEY | is not the id of an encryption key | openssl
					rediskit.cache.defaults.max-value-size=0B        | 'rediskit.cache.defaults.max-value-size'        | such as 1MB
					rediskit.cache.defaults.format=xml               | 'rediskit.cache.defaults.format'                | Write one of json, cbor
					""")
	void wrongSettingsStopTheStartAndShowNoKey(String property, String named, String advice, CapturedOutput output) {
		this.runner.withPropertyValues(property.replace("KEY", KEY)).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains(named);
			assertThat(analysis.getAction()).contains(advice);
			assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain("c2Vjcm", "Vjcm");
			StringWriter trace = new StringWriter();
			context.getStartupFailure().printStackTrace(new PrintWriter(trace));
			assertThat(trace.toString()).doesNotContain("c2Vjcm");
		});
		assertThat(output).doesNotContain("c2Vjcm");
	}

	@Test
	void anExistingIdIsNamedWhereAnotherOneIsMeant() {
		this.runner
			.withPropertyValues("rediskit.encryption.keys.2026=" + KEY,
					"rediskit.cache.defaults.encryption.key-id=2027")
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getAction())
				.startsWith("Under rediskit.encryption.keys there are: 2026."));
	}

	@Test
	void cborWithoutItsLibraryStopsTheStart() {
		this.runner.withClassLoader(new FilteredClassLoader("tools.jackson.dataformat"))
			.withPropertyValues("rediskit.cache.caches.books.format=cbor")
			.run((context) -> {
				FailureAnalysis analysis = analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).startsWith("'rediskit.cache.caches.books.format'");
				assertThat(analysis.getAction())
					.contains("Add the dependency tools.jackson.dataformat:jackson-dataformat-cbor");
			});
		this.runner.withClassLoader(new FilteredClassLoader("tools.jackson.dataformat")).run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBean(Library.class).book(1);
			assertThat(entry()).contains("{\"");
		});
	}

	@Test
	void cborWithValueCodecsOfTheApplicationStopsTheStart() {
		this.runner.withBean(ValueCodecs.class, Refusing::new)
			.withPropertyValues("rediskit.cache.caches.books.format=cbor")
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(
					"values can't be written as CBOR, because the application has a bean of type ValueCodecs"));
	}

	@Test
	void theKeysAreInNoDescriptionOfABean() {
		this.runner.withPropertyValues("rediskit.encryption.keys.2026=" + KEY).run((context) -> {
			assertThat(context.getBean(EncryptionProperties.class)).hasToString("EncryptionProperties[keys=[2026]]");
			assertThat(context.getBean(EncryptionKeys.class)).hasToString("EncryptionKeys[2026]");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "2026-01", "v1", "A_b.c" })
	void anIdHasLettersDigitsDotsDashesAndUnderscores(String id) {
		this.runner
			.withPropertyValues("rediskit.encryption.keys[" + id + "]=" + KEY,
					"rediskit.cache.defaults.encryption.key-id=" + id)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private String entry() {
		byte[] key = "shop:cache:books:{1}".getBytes(StandardCharsets.US_ASCII);
		return new String(this.server.bytes().get(key), StandardCharsets.ISO_8859_1);
	}

	private static FailureAnalysis analyze(Throwable failure) {
		for (FailureAnalyzer analyzer : new FailureAnalyzer[] {
				new InvalidSettingFailureAnalyzer(new StandardEnvironment()), new RediskitBindFailureAnalyzer() }) {
			FailureAnalysis analysis = analyzer.analyze(failure);
			if (analysis != null) {
				return analysis;
			}
		}
		throw new AssertionError("Not analyzed", failure);
	}

	public record Book(int id, String title) {
	}

	public static class Library {

		private int calls;

		public int calls() {
			return this.calls;
		}

		@Cached("books")
		public Book book(int id) {
			this.calls++;
			return new Book(id, "Call me Ishmael. ".repeat(100));
		}

	}

	static final class Refusing implements ValueCodecs {

		@Override
		public <V> ValueCodec<V> codec(Type declaredType) {
			throw new IllegalArgumentException("refused");
		}

	}

}
