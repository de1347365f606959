package io.github.rediskit.autoconfigure;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

class AheadOfTimeTests {

	@Test
	void metersAreWrittenDownAheadOfTime() throws Exception {
		InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
					RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
					CacheManagerAutoConfiguration.class, MetricsAutoConfiguration.class,
					SimpleMetricsExportAutoConfiguration.class, RediskitMetricsAutoConfiguration.class);
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get("com.example", "Application")), files);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
		}
		assertThat(files.getGeneratedFiles(Kind.SOURCE).values()).anySatisfy(
				(source) -> assertThat(new String(source.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.contains("RediskitMetricsAutoConfiguration.rediskitCacheMeters()",
							"RediskitMetricsAutoConfiguration.rediskitCircuitMeters()",
							"RediskitMetricsAutoConfiguration.rediskitMetersBinding(",
							"rediskitCacheMeterBinderProvider(args.get(0))"));
	}

	@Test
	void connectionsAreWrittenDownAheadOfTime() throws Exception {
		InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues.of("rediskit.connections.locks.host=locks").applyTo(context);
			context.register(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
					RedisConnectionsAutoConfiguration.class);
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get("com.example", "Application")), files);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
		}
		assertThat(files.getGeneratedFiles(Kind.SOURCE).values()).anySatisfy(
				(source) -> assertThat(new String(source.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.contains("forFactoryMethod(ConnectionFactories.class, \"create\", String.class)",
							"setDefaultCandidate(false)", "addIndexedArgumentValue(0, \"locks\")"));
	}

}
