package io.github.rediskit.autoconfigure.devservices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;
import redis.embedded.RedisServer;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionEvaluationReport;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class EmbeddedRedisAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.main.cloud-platform=none")
		.withConfiguration(
				AutoConfigurations.of(DataRedisAutoConfiguration.class, EmbeddedRedisAutoConfiguration.class));

	@Test
	void startsAServerThatBootsOwnBeansUse(CapturedOutput output) {
		this.runner.run((context) -> {
			StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
			template.opsForValue().set("greeting", "hello");
			assertThat(template.opsForValue().get("greeting")).isEqualTo("hello");
			assertThat(context).hasSingleBean(DataRedisConnectionDetails.class);
			assertThat(output).containsOnlyOnce("for development")
				.contains("127.0.0.1:" + context.getBean(DevelopmentRedis.class).server().port())
				.contains("locks and limits are this machine's alone");
		});
	}

	@Test
	void theServerAndItsFilesEndWithTheContext() {
		this.runner.run((context) -> {
			RedisProcess server = context.getBean(DevelopmentRedis.class).server();
			Path directory = context.getBean(DevelopmentRedis.class).directory();
			assertThat(directory).isDirectory();
			((ConfigurableApplicationContext) context.getSourceApplicationContext()).close();
			assertThat(ProcessHandle.of(server.pid()).filter(ProcessHandle::isAlive)).isEmpty();
			assertThat(ServerInfo.ask(server.port())).isEmpty();
			assertThat(directory).doesNotExist();
		});
	}

	@Test
	void everyContextHasItsOwnServer() {
		this.runner.run((first) -> this.runner.run((second) -> assertThat(port(first)).isNotEqualTo(port(second))));
	}

	private static int port(ApplicationContext context) {
		DataRedisConnectionDetails details = context.getBean(DataRedisConnectionDetails.class);
		return Objects.requireNonNull(details.getStandalone()).getPort();
	}

	@Test
	void withoutAServerOnThePathTheEmbeddedOneRuns() {
		this.runner.withPropertyValues("PATH=", "spring.data.redis.database=3").run((context) -> {
			DevelopmentRedis redis = context.getBean(DevelopmentRedis.class);
			assertThat(redis.server().product()).startsWith("Redis 6.2");
			assertThat(redis.getStandalone().getDatabase()).isEqualTo(3);
			context.getBean(StringRedisTemplate.class).hasKey("any");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.data.redis.url=redis://redis.example:6379", "spring.data.redis.host=redis.example",
			"spring.data.redis.port=6380", "spring.data.redis.sentinel.master=main",
			"spring.data.redis.cluster.nodes=redis.example:7000,redis.example:7001",
			"spring.data.redis.masterreplica.nodes=redis.example:6379" })
	void aConfiguredConnectionIsLeftAlone(String property) {
		String[] nodes = property.contains("sentinel") ? new String[] { "spring.data.redis.sentinel.nodes[0]=a:26379" }
				: new String[0];
		this.runner.withPropertyValues(property).withPropertyValues(nodes).run((context) -> {
			assertThat(context).doesNotHaveBean(DevelopmentRedis.class).hasSingleBean(DataRedisConnectionDetails.class);
			String name = property.replaceAll("(\\.nodes|\\.master)?=.*", "");
			assertThat(whyNot(context.getBeanFactory())).contains("found property " + name);
		});
	}

	@Test
	void anEmptyAddressIsNoAddress() {
		this.runner.withPropertyValues("spring.data.redis.host=")
			.run((context) -> assertThat(context).hasSingleBean(DevelopmentRedis.class));
	}

	@Test
	void aServiceConnectionIsLeftAlone() {
		this.runner.withUserConfiguration(ServiceConnectionConfiguration.class)
			.run((context) -> assertThat(context).doesNotHaveBean(DevelopmentRedis.class)
				.hasSingleBean(DataRedisConnectionDetails.class));
	}

	@Test
	void aContainerIsLeftAlone() {
		new ApplicationContextRunner().withPropertyValues("spring.main.cloud-platform=none")
			.withUserConfiguration(ContainerConfiguration.class)
			.withConfiguration(AutoConfigurations.of(EmbeddedRedisAutoConfiguration.class,
					ServiceConnectionAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DevelopmentRedis.class)
				.hasSingleBean(DataRedisConnectionDetails.class));
	}

	@Test
	void aCloudPlatformIsLeftAlone() {
		this.runner.withPropertyValues("spring.main.cloud-platform=kubernetes", "rediskit.embedded.enabled=true")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(DevelopmentRedis.class);
				assertThat(whyNot(context.getBeanFactory())).contains("cloud platform KUBERNETES");
			});
	}

	@Test
	void isSwitchedOffByAProperty() {
		this.runner.withPropertyValues("rediskit.embedded.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(DevelopmentRedis.class));
	}

	@Test
	void needsTheEmbeddedRedisJar() {
		this.runner.withClassLoader(new FilteredClassLoader(RedisServer.class))
			.run((context) -> assertThat(context).doesNotHaveBean(DevelopmentRedis.class));
	}

	@Test
	void saysWhatToInstallWhenOpensslIsMissing(@TempDir Path directory) throws IOException {
		script(directory, "echo 'redis-server: error while loading shared libraries: libssl.so.3: "
				+ "cannot open shared object file: No such file or directory' >&2; exit 127");
		this.runner.withPropertyValues("PATH=" + directory).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = new RedisStartFailureAnalyzer().analyze(context.getStartupFailure());
			assertThat(analysis).isNotNull();
			assertThat(analysis.getDescription()).contains("ended with exit code 127").contains("libssl.so.3");
			assertThat(analysis.getAction()).contains("apt-get install libssl3", "apt-get install redis-server",
					"brew install openssl@3");
			assertThat(analysis.getCause()).hasMessageContaining("apt-get install libssl3");
		});
	}

	@Test
	void anApplicationThatCannotStartItEndsWithThatAdvice(@TempDir Path directory, CapturedOutput output)
			throws IOException {
		script(directory, "echo 'error while loading shared libraries: libcrypto.so.3' >&2; exit 127");
		SpringApplication application = new SpringApplication(ApplicationConfiguration.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatExceptionOfType(BeanCreationException.class)
			.isThrownBy(() -> application.run("--spring.main.cloud-platform=none", "--PATH=" + directory));
		assertThat(output).contains("The development Redis could not be started")
			.contains("Action:")
			.contains("apt-get install libssl3");
	}

	@Test
	void saysWhatToInstallWhenTheServerDoesNotRun(@TempDir Path directory) throws IOException {
		script(directory, "echo 'Illegal instruction'; exit 132");
		this.runner.withPropertyValues("PATH=" + directory)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("Illegal instruction")
				.hasMessageContaining("rediskit.embedded.enabled=false"));
	}

	private static void script(Path directory, String text) throws IOException {
		Path script = Files.writeString(directory.resolve("redis-server"), "#!/bin/sh\n" + text + "\n");
		assertThat(script.toFile().setExecutable(true)).isTrue();
	}

	private static String whyNot(ConfigurableListableBeanFactory beans) {
		return ConditionEvaluationReport.get(beans)
			.getConditionAndOutcomesBySource()
			.get(EmbeddedRedisAutoConfiguration.class.getName())
			.stream()
			.map((outcome) -> outcome.getOutcome().getMessage())
			.reduce("", String::concat);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ApplicationConfiguration {

	}

	/** The container is never started: the definition alone is a service connection. */
	@Configuration(proxyBeanMethods = false)
	static class ContainerConfiguration {

		@Bean
		@ServiceConnection(name = "redis")
		GenericContainer<?> redis() {
			return new GenericContainer<>(DockerImageName.parse("redis:8"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ServiceConnectionConfiguration {

		@Bean
		DataRedisConnectionDetails containerConnectionDetails() {
			return new DataRedisConnectionDetails() {

				@Override
				public Standalone getStandalone() {
					return Standalone.of("redis.example", 6379);
				}

			};
		}

	}

}
