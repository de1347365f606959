package io.github.rediskit.autoconfigure;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Wrong configuration stops the start with a sentence that says what to write instead.
 */
@ExtendWith(OutputCaptureExtension.class)
class WrongConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					rediskit.chache.defaults.ttl=1m       | 'rediskit.chache.defaults.ttl'   | Did you mean 'rediskit.cache.defaults.ttl'?
					rediskit.namspace=shop                | 'rediskit.namspace'              | Did you mean 'rediskit.namespace'?
					rediskit.embeded.enabled=false        | 'rediskit.embeded.enabled'       | Did you mean 'rediskit.embedded.enabled'?
					rediskit.connections.locks.tiemout=1s | 'rediskit.connections.locks.tiemout' | Did you mean 'rediskit.connections.locks.timeout'?
					rediskit.connections.work.pool.max=1  | 'rediskit.connections.work.pool.max' | there are: enabled, max-active, max-idle
					rediskit.zzzzzzzz=1                   | 'rediskit.zzzzzzzz'              | Under 'rediskit' there are: cache, connections
					""")
	void unknownPropertiesAreNamedWithTheNearestRightOne(String property, String named, String advice) {
		fails(property, named, advice);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
							rediskit.connections.locks.timeout=forever      | 'forever' of 'rediskit.connections.locks.timeout' | There is no "forever"
							rediskit.connections.locks.timeout=0            | 'rediskit.connections.locks.timeout'       | such as 500ms
							rediskit.connections.locks.port=high            | 'high' of 'rediskit.connections.locks.port' | Write a number
							rediskit.embedded.enabled=perhaps               | 'perhaps' of 'rediskit.embedded.enabled'   | Write true or false
							rediskit.connections.locks.url=locks:6379       | 'rediskit.connections.locks.url'           | redis://user:password@host:6379/0
							rediskit.connections.locks.read-from=everywhere | 'rediskit.connections.locks.read-from'     | replica-preferred
							rediskit.connections.locks.cluster.nodes=one    | 'rediskit.connections.locks.cluster.nodes' | Write host:port
							rediskit.connections.locks.sentinel.nodes=h:1   | 'rediskit.connections.locks.sentinel.master' | the name that the sentinels
							rediskit.connections.locks.port=6380            | 'rediskit.connections.locks.port'          | Add url, host
							rediskit.connections.locks.password=s3cret      | 'rediskit.connections.locks.password'      | inherited together
							rediskit.connections.locks.pool.max-wait=-1ms   | 'rediskit.connections.locks.pool.max-wait' | such as 500ms
							rediskit.connections.default.host=redis         | 'rediskit.connections.default.host'        | spring.data.redis.host
							rediskit.connections[my locks].timeout=1s       | 'rediskit.connections.my locks'            | letters, digits
							rediskit.namespace=my shop                      | 'rediskit.namespace'                       | letters, digits
							rediskit.environment=a:b                        | 'rediskit.environment'                     | letters, digits
							spring.application.name=My Shop                 | 'spring.application.name'                  | Set rediskit.namespace
							rediskit.connections.locks=redis://:s3cret@a    | 'redis://***@a' of 'rediskit.connections.locks' | properties of its own, such as url
					rediskit.lock.connection=lcoks                  | 'rediskit.lock.connection'                 | There are [default]
							""")
	void wrongValuesAreNamedWithWhatToWriteInstead(String property, String named, String advice) {
		fails(property, named, advice);
	}

	@ParameterizedTest
	@CsvSource({ "url=redis://a,host=b", "url=redis://a,cluster.nodes=b:1", "host=a,masterreplica.nodes=b:1",
			"url=redis://a:1,port=2", "url=redis://:x@a,password=s3cret", "url=redis://a/1,database=2",
			"url=rediss://a,ssl.enabled=false", "cluster.nodes=a:1,database=1" })
	void whatContradictsItselfIsRefused(String one, String other) {
		String prefix = "rediskit.connections.locks.";
		this.runner.withPropertyValues(prefix + one, prefix + other).run((context) -> {
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains("contradicts").doesNotContain("s3cret");
		});
	}

	@Test
	void unknownEnvironmentVariablesAndSystemPropertiesAreNoError() {
		this.runner.withSystemProperties("rediskit.chache.ttl=1m").run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void propertiesOfFeaturesAreLeftToThem() {
		this.runner.withPropertyValues("rediskit.cache.defaults.ttl=1m", "rediskit.rate-limit.policies.a.limit=1")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void featuresGetTheSameSentences() {
		ApplicationContextRunner feature = this.runner.withUserConfiguration(FeatureConfiguration.class);
		feature.withPropertyValues("rediskit.cache.caches.books.max-sise=1").run((context) -> {
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getAction()).contains("Did you mean 'rediskit.cache.caches.books.max-size'?");
		});
		feature.withPropertyValues("rediskit.cache.mode=fast").run((context) -> {
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getAction()).isEqualTo("Write one of read-only, read-write.");
		});
	}

	@Test
	void propertiesOfCachesAreCalledWhatTheyAreBoundBy() {
		ApplicationContextRunner caches = this.runner.withUserConfiguration(CacheConfiguration.class);
		caches.withPropertyValues("rediskit.cache.defaults.waiting.timeout=1s")
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getAction())
				.contains("stale-while-revalidate, ttl, ttl-mode, wait."));
		caches.withPropertyValues("rediskit.cache.caches.my.cache.ttl=1m")
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getAction()).contains("\"[my.cache]\""));
	}

	@Test
	void secretsAreNotShown() {
		this.runner.withPropertyValues("rediskit.connections.locks.url=redis:://app:s3cret@locks").run((context) -> {
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains("***@locks").doesNotContain("s3cret");
			assertThat(context.getStartupFailure()).hasStackTraceContaining("***@locks");
			assertThat(context.getStartupFailure().toString()).doesNotContain("s3cret");
		});
	}

	@Test
	void theWholeReportNamesThePlace(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException()
			.isThrownBy(() -> application.run("--rediskit.connections.locks.url=redis//:s3cret@locks"));
		assertThat(output).contains("APPLICATION FAILED TO START",
				"'rediskit.connections.locks.url' (\"rediskit.connections.locks.url\" from property source \"commandLineArgs\")"
						+ " is not the URL of a Redis server",
				"Write redis://user:password@host:6379/0")
			.doesNotContain("s3cret");
		assertThatException().isThrownBy(() -> application.run("--rediskit.chache.defaults.ttl=1m"));
		assertThat(output).contains("The property 'rediskit.chache.defaults.ttl'",
				"Did you mean 'rediskit.cache.defaults.ttl'?");
	}

	private void fails(String property, String named, String advice) {
		this.runner.withPropertyValues(property).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains(named);
			assertThat(analysis.getAction()).contains(advice);
		});
	}

	private static FailureAnalysis analyze(Throwable failure) {
		for (FailureAnalyzer analyzer : List.of(new InvalidSettingFailureAnalyzer(new StandardEnvironment()),
				new RediskitBindFailureAnalyzer())) {
			FailureAnalysis analysis = analyzer.analyze(failure);
			if (analysis != null) {
				return analysis;
			}
		}
		throw new AssertionError("Not analyzed", failure);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RediskitAutoConfiguration.class)
	static class Application {

	}

	enum Mode {

		READ_ONLY, READ_WRITE

	}

	record Item(int maxSize) {

	}

	@ConfigurationProperties(prefix = "rediskit.cache", ignoreUnknownFields = false)
	record FeatureProperties(Mode mode, Map<String, Item> caches) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(FeatureProperties.class)
	static class FeatureConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(CacheProperties.class)
	static class CacheConfiguration {

	}

}
