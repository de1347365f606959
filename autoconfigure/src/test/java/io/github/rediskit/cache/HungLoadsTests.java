package io.github.rediskit.cache;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a load that hangs does to others, and an instance to what another one stores.
 */
@RedisTest
@Timeout(40)
class HungLoadsTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CountDownLatch release = new CountDownLatch(1);

	private final CacheInstance hard = new CacheInstance(this.server.uri(),
			TestSettings.with((settings) -> settings.hardTimeout = Duration.ofMillis(200)));

	private final CacheInstance quick = new CacheInstance(this.server.uri(),
			TestSettings.with((settings) -> settings.loadTimeout = Duration.ofSeconds(2)));

	@AfterEach
	void stop() {
		this.release.countDown();
		this.threads.shutdownNow();
		this.hard.close();
		this.quick.close();
	}

	private String held(String value) {
		try {
			this.release.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return value;
	}

	@Test
	void hangingLoadsOfOneCacheDoNotTimeOutThoseOfAnother() {
		ReadThroughCache<Object, String> ill = this.hard.cache(String.class);
		for (int i = 0; i < 20; i++) {
			int number = i;
			this.threads.submit(() -> ill.get("ill" + number, (id) -> held("value")));
		}
		await().until(() -> this.hard.events.count("timed-out") >= 16);
		ReadThroughCache<Object, String> healthy = this.hard.caches().cache("healthy", String.class);
		assertThat(healthy.get(1, (id) -> "value")).isEqualTo("value");
	}

	@Test
	void aLoadThatHangsHoldsUpThoseWhoComeLateForTheRestOfItsTimeOnly() throws Exception {
		this.quick.cache(String.class).getAsync(1, (id) -> new CompletableFuture<>());
		await().pollDelay(Duration.ofMillis(2500)).until(() -> true);
		Future<String> late = this.threads.submit(() -> this.quick.cache(String.class).get(1, (id) -> "value"));
		assertThat(late.get(1, TimeUnit.SECONDS)).isEqualTo("value");
	}

	@Test
	void aGenerationOutlivesTheLongestEntryOfEveryInstance() {
		LeasedCache<Object, String> one = this.quick.caches().cache("products", (Type) String.class);
		one.getAsync(KeyId.of(1),
				() -> CompletableFuture.completedStage(new Loaded<>("long", Duration.ofDays(100), Set.of(), null)))
			.toCompletableFuture()
			.join();
		this.hard.cache(String.class).get(2, (id) -> "short");
		await().pollDelay(Duration.ofMillis(200)).until(() -> true);
		assertThat(this.server.commands().pttl("shop:cache-generation:products"))
			.isGreaterThan(this.server.commands().pttl("shop:cache:products:{1}"));
	}

}
