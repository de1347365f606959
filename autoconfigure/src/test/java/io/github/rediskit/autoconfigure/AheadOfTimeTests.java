package io.github.rediskit.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.ratelimit.RateLimited;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

class AheadOfTimeTests {

	private final InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();

	@Test
	void metersAreWrittenDownAheadOfTime() {
		processed(null, CacheAutoConfiguration.class, CacheManagerAutoConfiguration.class,
				MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
				RediskitMetricsAutoConfiguration.class);
		assertThat(sources()).anySatisfy(
				(source) -> assertThat(source).contains("RediskitMetricsAutoConfiguration.rediskitCacheMeters()",
						"RediskitMetricsAutoConfiguration.rediskitCircuitMeters()",
						"RediskitMetricsAutoConfiguration.rediskitMetersBinding(",
						"rediskitCacheMeterBinderProvider(args.get(0))"));
	}

	@Test
	void connectionsAreWrittenDownAheadOfTime() {
		processed("rediskit.connections.locks.host=locks");
		assertThat(sources()).anySatisfy((source) -> assertThat(source).contains(
				"forFactoryMethod(ConnectionFactories.class, \"create\", String.class)", "setDefaultCandidate(false)",
				"addIndexedArgumentValue(0, \"locks\")"));
	}

	@Test
	void listenersOfPublishedMessagesAreWrittenDownAheadOfTime() {
		processed("rediskit.connections.work.host=work", MessagingAutoConfiguration.class,
				PubSubAutoConfiguration.class);
		assertThat(sources()).anySatisfy(
				(source) -> assertThat(source).contains("forFactoryMethod(ListenerContainers.class, \"createDefault\")",
						"forFactoryMethod(ListenerContainers.class, \"create\", String.class)"));
		assertThat(sources()).anySatisfy((source) -> assertThat(source).contains("ListenerAnnotationProcessor::new"));
	}

	@Test
	void whatCachedMethodsReturnAndTakeIsKnownInANativeImage() {
		RuntimeHints hints = processed(null, CacheAutoConfiguration.class, Shop.class);
		assertThat(
				Stream.of(Product.class, Price.class, Page.class, Payment.class, Card.class, Cash.class, Cheque.class,
						Color.class, Event.class, Opened.class, Shipped.class, Parent.class, Child.class, Place.class))
			.allSatisfy((type) -> assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategories(MemberCategory.ACCESS_DECLARED_FIELDS,
						MemberCategory.INVOKE_DECLARED_CONSTRUCTORS, MemberCategory.INVOKE_DECLARED_METHODS))
				.as(type.getName())
				.accepts(hints));
		assertThat(Stream.of(Unrelated.class, OfSpringsCache.class, Service.class, Mono.class))
			.noneMatch((type) -> RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.ACCESS_DECLARED_FIELDS)
				.test(hints));
	}

	@Test
	void whatSpringsCachesHoldIsKnownInANativeImage() {
		RuntimeHints hints = processed("rediskit.cache.caches.others.type=" + Configured.class.getName(), Caching.class,
				CacheAutoConfiguration.class, CacheManagerAutoConfiguration.class, Shop.class);
		assertThat(Stream.of(OfSpringsCache.class, Configured.class))
			.allMatch((type) -> RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.ACCESS_DECLARED_FIELDS)
				.test(hints));
	}

	@Test
	void scriptsAreThereInANativeImage() {
		RuntimeHints hints = processed(null, CacheAutoConfiguration.class);
		assertThat(Stream.of("claim", "release", "renew", "replace", "store", "ticket"))
			.allSatisfy((name) -> assertThat(
					RuntimeHintsPredicates.resource().forResource("io/github/rediskit/cache/%s.lua".formatted(name)))
				.accepts(hints));
	}

	@Test
	void annotatedBeansHaveTheirProxiesAndPlaceholdersMayBeUnknown() {
		processed(null, CacheAutoConfiguration.class, Shop.class, PropertySourcesPlaceholderConfigurer.class);
		assertThat(this.files.getGeneratedFiles(Kind.CLASS).keySet())
			.anyMatch((name) -> name.contains("AheadOfTimeTests$Shop$$SpringCGLIB"));
	}

	private List<String> sources() {
		return this.files.getGeneratedFiles(Kind.SOURCE).values().stream().map((source) -> {
			try {
				return new String(source.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}).toList();
	}

	@Test
	void whatALimitedMethodCallsByNameIsKnownInANativeImage() throws Exception {
		RuntimeHints hints = processed(null, RateLimitAutoConfiguration.class, Limited.class);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Limited.class.getDeclaredMethod("later", Visitor.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Visitor.class.getDeclaredMethod("address")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Town.class.getDeclaredMethod("name")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(Unrelated.class)).rejects(hints);
	}

	@Test
	void whatALockedMethodCallsByNameIsKnownInANativeImage() throws Exception {
		RuntimeHints hints = processed(null, LockAutoConfiguration.class, Locked.class);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Locked.class.getDeclaredMethod("later", Visitor.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Town.class.getDeclaredMethod("name")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("io/github/rediskit/lock/acquire.lua")).accepts(hints);
	}

	private RuntimeHints processed(String property, Class<?>... more) {
		System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues.of("spring.application.name=shop")
				.and((property != null) ? property : "a=b")
				.applyTo(context);
			context.register(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
					RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class);
			Stream.of(more).forEach(context::register);
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get("com.example", "Application")), this.files);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
			return generation.getRuntimeHints();
		}
		finally {
			System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Caching {

	}

	static class Limited {

		@RateLimited(value = "visits", key = "#visitor.address.name", fallback = "${shop.fallback}")
		public String visit(Visitor visitor) {
			return "";
		}

		String later(Visitor visitor) {
			return "";
		}

	}

	static class Locked {

		@DistributedLock(value = "visits", key = "#visitor.address.name", fallback = "${shop.fallback}")
		public String visit(Visitor visitor) {
			return "";
		}

		String later(Visitor visitor) {
			return "";
		}

	}

	record Visitor(Town address) {
	}

	record Town(String name) {
	}

	static class Shop {

		@Cached(value = "products", key = "#id", ttl = "${shop.ttl}")
		public Mono<Optional<Product>> product(long id) {
			return Mono.empty();
		}

		@Cached("pages")
		public Page<Payment[]> page(Place place) {
			return new Page<>(List.of());
		}

		@Cached("events")
		public Flux<Event> events() {
			return Flux.empty();
		}

		@Cached("children")
		public Map<String, Child> children() {
			return Map.of();
		}

		@CacheInvalidate("products")
		@CacheInvalidate("pages")
		public void changed(Cheque cheque, Service service) {
		}

		@Cacheable("springs")
		public OfSpringsCache springs() {
			return new OfSpringsCache("");
		}

		public Unrelated unrelated() {
			return new Unrelated("");
		}

	}

	record Product(long id, Price price, Color color, Instant made) {
	}

	record Price(int cents) {
	}

	record Page<T>(List<T> content) {
	}

	record Place(int x, int y) {
	}

	sealed interface Payment {

	}

	record Card(String number) implements Payment {
	}

	record Cash(int cents) implements Payment {
	}

	record Cheque(int number) {
	}

	enum Color {

		RED

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes({ @JsonSubTypes.Type(Opened.class), @JsonSubTypes.Type(Shipped.class) })
	interface Event {

	}

	record Opened(int number) implements Event {
	}

	record Shipped(int number) implements Event {
	}

	static class Parent {

		private int number;

	}

	static class Child extends Parent {

		private String name = "";

	}

	record OfSpringsCache(String name) {
	}

	record Configured(String name) {
	}

	interface Service {

		Unrelated unrelated();

	}

	record Unrelated(String name) {
	}

}
