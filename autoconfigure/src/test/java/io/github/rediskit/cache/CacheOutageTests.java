package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.cache.LeasedCacheTests.Product;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What callers see while Redis is dead, frozen or back again.
 */
@Timeout(90)
@MeasuresTime
class CacheOutageTests {

	/** A timeout of one command, and what a busy machine adds. */
	private static final Duration BOUND = CacheInstance.COMMAND_TIMEOUT.plusMillis(500);

	private final RedisTestServer server = RedisTestServer.start();

	private final CacheInstance one = new CacheInstance(this.server.uri());

	private final CacheInstance two = new CacheInstance(this.server.uri());

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@BeforeEach
	void connect() {
		this.one.cache(Product.class).get("warm", (id) -> new Product(0, "warm"));
		this.two.cache(Product.class).get("warm", (id) -> new Product(0, "warm"));
	}

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.one.close();
		this.two.close();
		this.server.close();
	}

	@Test
	void callsGoOnWhileRedisIsKilledFrozenAndRestarted() throws Exception {
		AtomicLong slowest = new AtomicLong();
		AtomicInteger calls = new AtomicInteger();
		CountDownLatch stop = new CountDownLatch(1);
		List<Future<?>> callers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			CacheInstance instance = (i % 2 == 0) ? this.one : this.two;
			callers.add(this.threads.submit(() -> {
				while (stop.getCount() > 0) {
					long key = calls.incrementAndGet() % 20;
					long start = System.nanoTime();
					assertThat(instance.cache(Product.class).get(key, (id) -> new Product(key, "any")))
						.isEqualTo(new Product(key, "any"));
					slowest.accumulateAndGet(System.nanoTime() - start, Math::max);
				}
			}));
		}
		moreCalls(calls);
		this.server.freeze();
		moreCalls(calls);
		this.server.thaw();
		moreCalls(calls);
		this.server.kill();
		moreCalls(calls);
		this.server.restart();
		await().until(() -> {
			this.one.events.take();
			moreCalls(calls);
			return this.one.events.contains("hit") && !this.one.events.contains("bypassed");
		});
		stop.countDown();
		for (Future<?> caller : callers) {
			caller.get(10, TimeUnit.SECONDS);
		}
		assertThat(Duration.ofNanos(slowest.get())).isLessThan(BOUND);
	}

	private static void moreCalls(AtomicInteger calls) {
		int before = calls.get();
		await().until(() -> calls.get() > before + 40);
	}

	@Test
	void theLoaderRunsOnceWhenTheStoreFails() {
		AtomicInteger loads = new AtomicInteger();
		Product product = this.one.cache(Product.class).get(1, (id) -> {
			loads.incrementAndGet();
			this.server.kill();
			return new Product(1, "lamp");
		});
		assertThat(product).isEqualTo(new Product(1, "lamp"));
		assertThat(loads).hasValue(1);
		assertThat(this.one.events.contains("store-failed")).isTrue();
	}

	@Test
	void callersOfOneInstanceShareALoadWithoutRedis() throws Exception {
		this.server.kill();
		AtomicInteger loads = new AtomicInteger();
		CountDownLatch release = new CountDownLatch(1);
		this.one.events.take();
		List<Future<Product>> calls = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			calls.add(this.threads.submit(() -> this.one.cache(Product.class).get(1, (id) -> {
				loads.incrementAndGet();
				await().until(() -> release.getCount() == 0);
				return new Product(1, "lamp");
			})));
		}
		await().until(() -> this.one.events.count("miss:UNAVAILABLE") == 16);
		release.countDown();
		for (Future<Product> call : calls) {
			assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo(new Product(1, "lamp"));
		}
		assertThat(loads).hasValue(1);
	}

	@Test
	void anInvalidationDuringAnOutageIsCarriedOutWhenRedisIsBack() {
		this.one.cache(Product.class).get(1, (id) -> new Product(1, "old"));
		this.server.freeze();
		this.one.cache(Product.class).invalidate(1);
		assertThat(this.one.events.contains("deferred")).isTrue();
		assertThat(this.one.cache(Product.class).get(1, (id) -> new Product(1, "new")))
			.isEqualTo(new Product(1, "new"));
		this.server.thaw();
		await().atMost(Duration.ofSeconds(1))
			.until(() -> this.two.cache(Product.class).getIfPresent(1).filter((p) -> p.name().equals("old")).isEmpty());
		await().until(() -> this.one.events.contains("caught-up"));
		assertThat(this.one.cache(Product.class).get(1, (id) -> new Product(1, "new")))
			.isEqualTo(new Product(1, "new"));
		assertThat(this.two.cache(Product.class).getIfPresent(1)).contains(new Product(1, "new"));
	}

	@Test
	void theInstanceThatCouldNotInvalidateServesNoSuchEntry() {
		this.one.cache(Product.class).get(1, (id) -> new Product(1, "old"));
		this.server.freeze();
		this.one.cache(Product.class).invalidate(1);
		this.server.thaw();
		for (int i = 0; i < 200; i++) {
			assertThat(this.one.cache(Product.class).get(1, (id) -> new Product(1, "new")).name()).isEqualTo("new");
		}
	}

	@Test
	void tooManyInvalidationsDuringAnOutageBecomeOneOfEverything() {
		this.one.cache(Product.class).get("other", (id) -> new Product(1, "other"));
		this.server.kill();
		for (int i = 0; i < 1500; i++) {
			this.one.cache(Product.class).invalidate(i);
		}
		assertThat(this.one.cache(Product.class).getIfPresent("other")).isEmpty();
		this.server.restart();
		await().until(() -> this.one.events.contains("caught-up"));
		assertThat(this.one.cache(Product.class).get(1, (id) -> new Product(1, "new")))
			.isEqualTo(new Product(1, "new"));
		assertThat(this.two.cache(Product.class).get(1, (id) -> new Product(1, "other")))
			.isEqualTo(new Product(1, "new"));
	}

	@Test
	void anUncertainPutLeavesNoOldEntry() {
		this.one.cache(Product.class).get(1, (id) -> new Product(1, "old"));
		this.server.freeze();
		this.one.cache(Product.class).put(1, new Product(1, "put"));
		this.server.thaw();
		await().until(() -> this.one.events.contains("caught-up"));
		assertThat(this.two.cache(Product.class).getIfPresent(1).filter((p) -> p.name().equals("old"))).isEmpty();
	}

	@Test
	void anApplicationThatStartsWithoutRedisFindsItLater() {
		this.server.kill();
		try (CacheInstance late = new CacheInstance(this.server.uri())) {
			assertThat(late.cache(Product.class).get(1, (id) -> new Product(1, "lamp")))
				.isEqualTo(new Product(1, "lamp"));
			this.server.restart();
			await().until(() -> {
				late.cache(Product.class).get(1, (id) -> new Product(1, "lamp"));
				return late.events.contains("hit");
			});
		}
	}

}
