package io.github.rediskit.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.micrometer.context.ContextRegistry;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Our annotations on methods that return before they have ended.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class AsynchronousCachingTests {

	private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unconnected = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop")
		.withBean(Shop.class);

	private final ApplicationContextRunner runner = this.unconnected
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	@Test
	void everyKindIsLoadedOnceAndReadBackAsWhatItWas() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			twice(shop, () -> shop.future(1).join(), new Product(1, "future"));
			twice(shop, () -> shop.stage(1).toCompletableFuture().join(), new Product(1, "stage"));
			twice(shop, () -> shop.futureOfOptional(1).join(), Optional.of(new Product(1, "optional")));
			twice(shop, () -> shop.futureOfOptional(-1).join(), Optional.empty());
			twice(shop, () -> shop.mono(1).block(), new Product(1, "mono"));
			twice(shop, () -> shop.monoOfList(1).block(), List.of(new Product(1, "list")));
			twice(shop, () -> shop.monoOfOptional(1).block(), Optional.of(new Product(1, "optional")));
			twice(shop, () -> shop.monoOfOptional(-1).block(), Optional.empty());
			twice(shop, () -> shop.empty(1).block(), null);
			twice(shop, () -> shop.flux(3).collectList().block(), products(3));
			twice(shop, () -> shop.flux(0).collectList().block(), products(0));
			twice(shop, () -> JdkFlowAdapter.flowPublisherToFlux(shop.flow(2)).collectList().block(), products(2));
		});
	}

	private static void twice(Shop shop, CheckedSupplier call, Object expected) throws Exception {
		int before = shop.calls();
		assertThat(call.get()).isEqualTo(expected);
		assertThat(call.get()).isEqualTo(expected);
		assertThat(shop.calls()).as("calls for %s", expected).isEqualTo(before + 1);
	}

	@Test
	void allReturnTypesShareTheEntriesOfOneCache() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			Product loaded = shop.mono(7).block();
			assertThat(context.getBean(Caches.class).<Long, Product>cache("monos", Product.class).getIfPresent(7L))
				.contains(loaded);
			assertThat(shop.sameAsMono(7).join()).isEqualTo(loaded);
			assertThat(shop.calls()).isEqualTo(1);
		});
	}

	@Test
	void nothingHappensWithoutASubscriptionAndEachAsksTheCache() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			Mono<Product> product = shop.mono(1);
			assertThat(shop.calls()).isEqualTo(0);
			product.block();
			product.block();
			assertThat(shop.calls()).isEqualTo(1);
			context.getBean(Caches.class).<Long, Product>cache("monos", Product.class).invalidate(1L);
			product.block();
			assertThat(shop.calls()).isEqualTo(2);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "gated", "gatedFuture" })
	void subscribersOfTwoInstancesShareOneLoad(String method) {
		this.runner.run((one) -> this.runner.run((two) -> {
			Shop first = one.getBean(Shop.class);
			Shop second = two.getBean(Shop.class);
			List<CompletableFuture<Product>> answers = Stream.of(first, second)
				.flatMap((shop) -> IntStream.range(0, 50).mapToObj((i) -> gated(shop, method)))
				.toList();
			await().until(() -> first.calls() + second.calls() > 0);
			first.gate().tryEmitValue(new Product(1, "gated"));
			second.gate().tryEmitValue(new Product(1, "gated"));
			assertThat(answers).allSatisfy((answer) -> assertThat(answer.join()).isEqualTo(new Product(1, "gated")));
			assertThat(first.calls() + second.calls()).isEqualTo(1);
		}));
	}

	private static CompletableFuture<Product> gated(Shop shop, String method) {
		return method.equals("gated") ? shop.gated(1).toFuture() : shop.gatedFuture(1);
	}

	@Test
	void whoCancelsDoesNotStopALoadThatOthersShare() {
		List<Throwable> dropped = new CopyOnWriteArrayList<>();
		Hooks.onErrorDropped(dropped::add);
		try {
			this.runner.run((context) -> {
				Shop shop = context.getBean(Shop.class);
				Disposable leader = shop.gated(1).subscribe();
				await().until(() -> shop.calls() == 1);
				CompletableFuture<Product> joined = shop.gated(1).toFuture();
				CompletableFuture<Product> impatient = shop.gatedFuture(1);
				leader.dispose();
				impatient.cancel(true);
				shop.gate().tryEmitValue(new Product(1, "gated"));
				assertThat(joined.join()).isEqualTo(new Product(1, "gated"));
				assertThat(shop.gated(1).block()).isEqualTo(new Product(1, "gated"));
				assertThat(shop.calls()).isEqualTo(1);

				Disposable alone = shop.gatedFailure(1).subscribe();
				await().until(() -> shop.calls() == 2);
				alone.dispose();
				shop.gate2().tryEmitError(new IOException("nobody listens"));
				shop.mono(1).block();
			});
			assertThat(dropped).isEmpty();
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
	}

	@Test
	void anExceptionIsTheOneThatTheLoaderThrew() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			AtomicReference<Throwable> seen = new AtomicReference<>();
			for (int kind = 0; kind < 3; kind++) {
				shop.failingFuture(kind).whenComplete((value, failure) -> seen.set(failure)).handle((v, f) -> v).join();
				assertThat(seen.getAndSet(null)).isSameAs(Shop.FAILURE);
				Throwable failure = shop.failingMono(kind)
					.map((value) -> new Throwable())
					.onErrorResume(Mono::just)
					.block();
				assertThat(failure).isSameAs(Shop.FAILURE);
			}
			assertThat(this.server.commands().keys("shop:cache:failing*")).isEmpty();
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> shop.nullInsteadOfFuture(1).join())
				.withMessageContaining("nullInsteadOfFuture(long) returned null instead of a CompletableFuture");
		});
	}

	@Test
	void ttlAndUnlessSeeTheValueAndTheConditionIsAskedOncePerCall() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.computed(1).block();
			assertThat(this.server.commands().pttl("shop:cache:computed:{1}")).isBetween(1L, 60_000L);
			shop.computed(-1).block();
			assertThat(this.server.commands().exists("shop:cache:computed:{-1}")).isZero();
			shop.few(2).collectList().block();
			assertThat(this.server.commands().exists("shop:cache:few:{2}")).isOne();
			shop.few(3).collectList().block();
			assertThat(this.server.commands().exists("shop:cache:few:{3}")).isZero();
			shop.computedFuture(1).join();
			assertThat(this.server.commands().pttl("shop:cache:computed-futures:{1}")).isBetween(1L, 60_000L);
			int before = shop.calls();
			Mono<Product> uncached = shop.conditional(-1);
			uncached.block();
			uncached.block();
			assertThat(shop.calls()).as("the method's own Mono").isEqualTo(before + 1);
			assertThat(this.server.commands().exists("shop:cache:conditional:{-1}")).isZero();
		});
	}

	@Test
	void aLoaderSeesTheContextOfTheSubscriberWhoLeads() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			assertThat(shop.tenant(1).contextWrite((c) -> c.put("tenant", "a")).block()).isEqualTo("a");
			assertThat(shop.tenant(1).contextWrite((c) -> c.put("tenant", "b")).block()).isEqualTo("a");
			assertThat(shop.tenants(1).contextWrite((c) -> c.put("tenant", "c")).blockLast()).isEqualTo("c");
		});
	}

	@Test
	void automaticContextPropagationReachesALoader() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
		Hooks.enableAutomaticContextPropagation();
		TENANT.set("a");
		try {
			this.runner.run((context) -> {
				Shop shop = context.getBean(Shop.class);
				assertThat(shop.tenantOfThread(1).block()).isEqualTo("a");
				assertThat(shop.tenantOfThread(2).map((value) -> value + TENANT.get()).block()).isEqualTo("aa");
				TENANT.set("b");
				assertThat(shop.tenantOfThread(1).map((value) -> value + TENANT.get()).block()).isEqualTo("ab");
			});
		}
		finally {
			TENANT.remove();
			Hooks.disableAutomaticContextPropagation();
			ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
		}
	}

	@Test
	void aFrozenRedisBlocksNoSubscriberAndNoClientThreadRunsTheLoader() {
		try (RedisTestServer own = RedisTestServer.start()) {
			this.unconnected.withPropertyValues("spring.data.redis.url=" + own.uri()).run((context) -> {
				Shop shop = context.getBean(Shop.class);
				assertThat(shop.thread(1).block()).startsWith("rediskit-cache-load");
				assertThat(shop.threadOfFuture(1).join()).startsWith("rediskit-cache-load");
				assertThat(shop.mono(1).map((value) -> Thread.currentThread().getName()).block())
					.startsWith("rediskit-cache-async");
				own.freeze();
				try {
					List<CompletableFuture<?>> answers = new ArrayList<>();
					long began = System.nanoTime();
					answers.add(shop.thread(2).toFuture());
					answers.add(shop.threadOfFuture(2));
					answers.add(shop.changed(2).toFuture());
					answers.add(shop.changedFuture(2));
					assertThat(answers).noneMatch(CompletableFuture::isDone);
					assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(300));
					answers.forEach((answer) -> answer.orTimeout(10, TimeUnit.SECONDS).join());
					assertThat(answers.get(0).join()).asString().startsWith("rediskit-cache-load");
					assertThat(answers.get(1).join()).asString().startsWith("rediskit-cache-load");
				}
				finally {
					own.thaw();
				}
			});
		}
	}

	@Test
	void whatLiesWithinIsCalledAgainForEachLoad() {
		AtomicInteger inner = new AtomicInteger();
		NameMatchMethodPointcut monos = new NameMatchMethodPointcut();
		monos.addMethodName("mono");
		DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(monos, (MethodInterceptor) (invocation) -> {
			inner.incrementAndGet();
			return invocation.proceed();
		});
		this.runner
			.withBean(DefaultPointcutAdvisor.class, () -> advisor,
					(bean) -> bean.setRole(BeanDefinition.ROLE_INFRASTRUCTURE))
			.run((context) -> {
				Mono<Product> product = context.getBean(Shop.class).mono(1);
				product.block();
				context.getBean(Caches.class).<Long, Product>cache("monos", Product.class).invalidate(1L);
				product.block();
				assertThat(inner).hasValue(2);
				assertThat(context.getBean(Shop.class).calls()).isEqualTo(2);
			});
	}

	@Test
	void entriesAreGoneBeforeTheCallerHearsOfTheChange() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			List<CheckedSupplier> changes = List.of(() -> shop.changed(1).block(), () -> shop.changedFuture(1).join(),
					() -> shop.changedToNothing(1).block(), () -> shop.changedSome(1).collectList().block(),
					() -> shop.changedByResult(1).join(), () -> shop.changedSomeByResult(1).blockLast(),
					() -> shop.changedBefore(1).onErrorComplete().block());
			for (CheckedSupplier change : changes) {
				shop.mono(1).block();
				assertThat(this.server.commands().exists("shop:cache:monos:{1}")).isOne();
				change.get();
				assertThat(this.server.commands().exists("shop:cache:monos:{1}")).isZero();
			}
			shop.mono(1).block();
			shop.mono(2).block();
			shop.reload().block();
			assertThat(shop.calls()).isEqualTo(changes.size() + 2);
			shop.mono(1).block();
			assertThat(shop.calls()).isEqualTo(changes.size() + 3);
		});
	}

	@Test
	void aChangeIsCarriedOutAtEachSubscriptionAndAFailedOneRemovesNothing() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.mono(1).block();
			Mono<String> change = shop.changed(1);
			assertThat(this.server.commands().exists("shop:cache:monos:{1}")).isOne();
			change.block();
			shop.mono(1).block();
			change.block();
			assertThat(this.server.commands().exists("shop:cache:monos:{1}")).isZero();
			shop.mono(1).block();
			shop.failedChange(1).onErrorComplete().block();
			shop.failedChangeOfFuture(1).handle((value, failure) -> value).join();
			assertThat(this.server.commands().exists("shop:cache:monos:{1}")).isOne();
		});
	}

	@Test
	void whoGoesOnAfterAChangeDoesNotDoSoInAThreadOfTheClient() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			CountDownLatch begun = new CountDownLatch(1);
			shop.changed(1).map((value) -> Thread.currentThread().getName()).toFuture().thenAccept((name) -> {
				assertThat(name).doesNotContain("lettuce");
				begun.countDown();
			}).join();
			assertThat(shop.changedFuture(1).thenApply((value) -> shop.product(5)).join()).isEqualTo("product 5");
			assertThat(begun.getCount()).isZero();
		});
	}

	private static List<Product> products(int count) {
		return IntStream.range(0, count).mapToObj((i) -> new Product(i, "some")).toList();
	}

	interface CheckedSupplier {

		Object get() throws Exception;

	}

	static class Shop {

		static final IOException FAILURE = new IOException("no database");

		private final AtomicInteger calls = new AtomicInteger();

		private final Sinks.One<Product> gate = Sinks.one();

		private final Sinks.One<Product> gate2 = Sinks.one();

		int calls() {
			return this.calls.get();
		}

		Sinks.One<Product> gate() {
			return this.gate;
		}

		Sinks.One<Product> gate2() {
			return this.gate2;
		}

		private <T> T called(T value) {
			this.calls.incrementAndGet();
			return value;
		}

		@Cached("products")
		public String product(long id) {
			return "product " + id;
		}

		@Cached("futures")
		public CompletableFuture<Product> future(long id) {
			return CompletableFuture.supplyAsync(() -> called(new Product(id, "future")));
		}

		@Cached("stages")
		public CompletionStage<Product> stage(long id) {
			return CompletableFuture.completedStage(called(new Product(id, "stage")));
		}

		@Cached("optional-futures")
		public CompletableFuture<Optional<Product>> futureOfOptional(long id) {
			return CompletableFuture
				.completedFuture(called((id < 0) ? Optional.empty() : Optional.of(new Product(id, "optional"))));
		}

		@Cached(value = "monos", key = "#id")
		public Mono<Product> mono(long id) {
			return Mono.just(called(new Product(id, "mono")));
		}

		@Cached(value = "monos", key = "#id")
		public CompletableFuture<Product> sameAsMono(long id) {
			return CompletableFuture.completedFuture(called(new Product(id, "other")));
		}

		@Cached("lists")
		public Mono<List<Product>> monoOfList(long id) {
			return Mono.just(called(List.of(new Product(id, "list"))));
		}

		@Cached("optional-monos")
		public Mono<Optional<Product>> monoOfOptional(long id) {
			called(id);
			return (id < 0) ? Mono.empty() : Mono.just(Optional.of(new Product(id, "optional")));
		}

		@Cached("empty")
		public Mono<String> empty(long id) {
			return Mono.<String>empty().doOnSubscribe(this::called);
		}

		@Cached("fluxes")
		public Flux<Product> flux(int count) {
			return Flux.fromIterable(products(count)).doOnSubscribe(this::called);
		}

		@Cached("flows")
		public Flow.Publisher<Product> flow(int count) {
			return JdkFlowAdapter.publisherToFlowPublisher(Flux.fromIterable(called(products(count))));
		}

		@Cached("gated")
		public Mono<Product> gated(long id) {
			return called(this.gate.asMono());
		}

		@Cached("gated")
		public CompletableFuture<Product> gatedFuture(long id) {
			return called(this.gate.asMono().toFuture());
		}

		@Cached("gated-failures")
		public Mono<Product> gatedFailure(long id) {
			return called(this.gate2.asMono());
		}

		@Cached("failing-futures")
		public CompletableFuture<String> failingFuture(int kind) throws IOException {
			if (kind == 0) {
				throw FAILURE;
			}
			return (kind == 1) ? CompletableFuture.failedFuture(FAILURE) : CompletableFuture.supplyAsync(() -> {
				throw new CompletionException(FAILURE);
			});
		}

		@Cached("failing-monos")
		public Mono<String> failingMono(int kind) throws IOException {
			if (kind == 0) {
				throw FAILURE;
			}
			return (kind == 1) ? Mono.error(FAILURE)
					: Mono.delay(Duration.ofMillis(1)).flatMap((i) -> Mono.error(FAILURE));
		}

		@Cached("nulls")
		public CompletableFuture<String> nullInsteadOfFuture(long id) {
			return null;
		}

		@Cached(value = "computed", ttl = "#result.name == 'computed' ? 'PT1M' : 'PT1H'", unless = "#result.id < 0")
		public Mono<Product> computed(long id) {
			return Mono.just(new Product(id, "computed"));
		}

		@Cached(value = "computed-futures", ttl = "#result.name == 'computed' ? 'PT1M' : 'PT1H'")
		public CompletableFuture<Product> computedFuture(long id) {
			return CompletableFuture.completedFuture(new Product(id, "computed"));
		}

		@Cached(value = "few", unless = "#result.size() > 2")
		public Flux<Product> few(int count) {
			return Flux.fromIterable(products(count));
		}

		@Cached(value = "conditional", condition = "#id > 0")
		public Mono<Product> conditional(long id) {
			return Mono.just(called(new Product(id, "conditional")));
		}

		@Cached("tenants")
		public Mono<String> tenant(long id) {
			return Mono.deferContextual((context) -> Mono.just(context.get("tenant")));
		}

		@Cached("thread-tenants")
		public Mono<String> tenantOfThread(long id) {
			String assembling = String.valueOf(TENANT.get());
			return Mono.fromCallable(() -> assembling.equals(TENANT.get()) ? assembling : "lost");
		}

		@Cached("tenant-lists")
		public Flux<String> tenants(long id) {
			return Flux.deferContextual((context) -> Flux.just(context.<String>get("tenant")));
		}

		@Cached(value = "threads", condition = "true")
		public Mono<String> thread(long id) {
			return Mono.just(Thread.currentThread().getName());
		}

		@Cached("threads-of-futures")
		public CompletableFuture<String> threadOfFuture(long id) {
			return CompletableFuture.completedFuture(Thread.currentThread().getName());
		}

		@CacheInvalidate(value = "monos", key = "#id")
		public Mono<String> changed(long id) {
			return Mono.just("changed");
		}

		@CacheInvalidate(value = "monos", key = "#id")
		public CompletableFuture<String> changedFuture(long id) {
			return CompletableFuture.supplyAsync(() -> "changed");
		}

		@CacheInvalidate(value = "monos", key = "#id")
		@CacheInvalidate(value = "futures", key = "#id")
		public Mono<Void> changedToNothing(long id) {
			return Mono.empty();
		}

		@CacheInvalidate(value = "monos", key = "#id")
		public Flux<String> changedSome(long id) {
			return Flux.just("a", "b");
		}

		@CacheInvalidate(value = "monos", key = "#result.id", condition = "#result.name == 'changed'")
		public CompletableFuture<Optional<Product>> changedByResult(long id) {
			return CompletableFuture.completedFuture(Optional.of(new Product(id, "changed")));
		}

		@CacheInvalidate(value = "monos", key = "#result[0].id", condition = "#result.size() == 2")
		public Flux<Product> changedSomeByResult(long id) {
			return Flux.just(new Product(id, "changed"), new Product(99, "changed"));
		}

		@CacheInvalidate(value = "monos", key = "#id", beforeInvocation = true)
		public Mono<String> changedBefore(long id) {
			return Mono.error(FAILURE);
		}

		@CacheInvalidate(value = "monos", all = true)
		public Mono<Void> reload() {
			return Mono.empty();
		}

		@CacheInvalidate(value = "monos", key = "#id")
		public Mono<String> failedChange(long id) {
			return Mono.error(FAILURE);
		}

		@CacheInvalidate(value = "monos", key = "#id")
		public CompletableFuture<String> failedChangeOfFuture(long id) {
			return CompletableFuture.failedFuture(FAILURE);
		}

	}

	record Product(long id, String name) {
	}

}
