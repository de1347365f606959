package io.github.rediskit.autoconfigure;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.SetArgs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Spring calls a {@code @Cacheable} method itself: of all callers who find an entry that
 * is due, one does.
 */
@RedisTest
@Timeout(60)
class DueEntriesOfCacheableMethodsTests {

	private static final String ENTRY = "shop:cache:texts:{1}";

	private static final String LEASE = "shop:cache-lease:texts:{1}";

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
				CacheManagerAutoConfiguration.class))
		.withUserConfiguration(Caching.class)
		.withBean(Texts.class)
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri(),
				"rediskit.cache.caches.texts.stale-while-revalidate=10m", "rediskit.cache.defaults.ttl=10m");

	private void withTexts(Consumer<Texts> test) {
		this.runner.run((context) -> test.accept(context.getBean(Texts.class)));
	}

	/** Past its time to live, so due for everybody. */
	private void due() {
		byte[] key = ENTRY.getBytes(StandardCharsets.UTF_8);
		ByteBuffer entry = ByteBuffer.wrap(this.server.bytes().get(key));
		entry.putLong(20, entry.getLong(20) - Duration.ofMinutes(11).toMillis());
		this.server.bytes().set(key, entry.array(), SetArgs.Builder.keepttl());
	}

	@Test
	void oneCallerLoadsAndAllOthersGetTheOldValue() {
		withTexts((texts) -> this.runner.run((other) -> {
			Texts elsewhere = other.getBean(Texts.class);
			assertThat(texts.text(1)).isEqualTo("text 1");
			due();
			texts.script().next = () -> {
				for (int i = 0; i < 5; i++) {
					assertThat(concurrently(() -> texts.text(1))).isEqualTo("text 1");
					assertThat(elsewhere.text(1)).isEqualTo("text 1");
				}
				return "new";
			};
			assertThat(texts.text(1)).isEqualTo("new");
			assertThat(texts.text(1)).isEqualTo("new");
			assertThat(elsewhere.text(1)).isEqualTo("new");
			assertThat(texts.script().calls).hasValue(2);
			assertThat(elsewhere.script().calls).hasValue(0);
		}));
	}

	@Test
	void theAsynchronousDoorDoesTheSame() {
		withTexts((texts) -> {
			texts.text(1);
			due();
			CompletableFuture<String> load = new CompletableFuture<>();
			texts.script().nextLater = load;
			CompletableFuture<String> first = texts.later(1);
			await().until(() -> texts.script().calls.get() == 2);
			for (int i = 0; i < 5; i++) {
				assertThat(texts.later(1).join()).isEqualTo("text 1");
			}
			load.complete("new");
			assertThat(first.join()).isEqualTo("new");
			await().until(() -> texts.later(1).join().equals("new"));
			assertThat(texts.script().calls).hasValue(2);
		});
	}

	@Test
	void anInvalidationEndsTheTicket() {
		withTexts((texts) -> {
			texts.text(1);
			due();
			texts.script().next = () -> {
				this.server.commands().del(ENTRY, LEASE);
				return "outdated";
			};
			assertThat(texts.text(1)).isEqualTo("outdated");
			texts.script().next = () -> "new";
			assertThat(texts.text(1)).isEqualTo("new");
		});
	}

	/** Else those who get the old value would keep everybody from loading for ever. */
	@Test
	void whoDoesNotGetTheTicketDoesNotProlongIt() {
		withTexts((texts) -> {
			texts.text(1);
			due();
			texts.script().next = () -> {
				throw new IllegalStateException("no database");
			};
			assertThatIllegalStateException().isThrownBy(() -> texts.text(1));
			this.server.commands().pexpire(LEASE, 8000);
			for (int i = 0; i < 10; i++) {
				assertThat(texts.text(1)).isEqualTo("text 1");
			}
			assertThat(this.server.commands().pttl(LEASE)).isBetween(1L, 8000L);
			this.server.commands().del(LEASE); // its time is over
			texts.script().next = () -> "new";
			assertThat(texts.text(1)).isEqualTo("new");
			assertThat(texts.text(1)).isEqualTo("new");
			assertThat(texts.script().calls).hasValue(3);
		});
	}

	@Test
	void afterALoadThatFailedElsewhereTheOldValueAnswersForAMoment() {
		withTexts((texts) -> {
			texts.text(1);
			due();
			this.server.commands().psetex(LEASE, 60_000, "1x");
			assertThat(texts.text(1)).isEqualTo("text 1");
			assertThat(texts.script().calls).hasValue(1);
			this.server.commands().del(ENTRY);
			texts.script().next = () -> "new";
			assertThat(texts.text(1)).isEqualTo("new");
			assertThat(texts.text(1)).isEqualTo("new");
			assertThat(texts.script().calls).hasValue(2);
		});
	}

	private static <T> T concurrently(Callable<T> call) {
		FutureTask<T> task = new FutureTask<>(call);
		new Thread(task).start();
		try {
			return task.get(10, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static class Texts {

		private final Script script = new Script();

		public Script script() {
			return this.script;
		}

		@Cacheable("texts")
		public String text(long id) {
			this.script.calls.incrementAndGet();
			return this.script.next.get();
		}

		@Cacheable("texts")
		public CompletableFuture<String> later(long id) {
			this.script.calls.incrementAndGet();
			return this.script.nextLater;
		}

	}

	/** What the methods do, and how often they did. */
	static class Script {

		final AtomicInteger calls = new AtomicInteger();

		volatile Supplier<String> next = () -> "text 1";

		volatile CompletableFuture<String> nextLater = new CompletableFuture<>();

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	static class Caching {

	}

}
