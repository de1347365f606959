package io.github.rediskit.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two who change a value, and one who loads it: whatever the order of their steps, what
 * is cached in the end is what is in the database, or nothing.
 */
@RedisTest
@Timeout(60)
class UpdateInterleavingTests {

	private static final int BEGIN = 0;

	private static final int STEPS = 6;

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Map<Object, Integer> database = new ConcurrentHashMap<>();

	private CacheInstance one;

	private CacheInstance two;

	@BeforeEach
	void start() {
		this.one = new CacheInstance(this.server.uri());
		this.two = new CacheInstance(this.server.uri());
		cache(this.one).get("warm", (id) -> 0);
		cache(this.two).get("warm", (id) -> 0);
	}

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.one.close();
		this.two.close();
	}

	@SuppressWarnings("unchecked")
	private static LeasedCache<Object, Integer> cache(CacheInstance instance) {
		return (LeasedCache<Object, Integer>) (Object) instance.cache(Integer.class);
	}

	/** Every order of three steps of each of two writers. */
	static Stream<String> orders() {
		List<String> result = new ArrayList<>();
		for (int bits = 0; bits < 1 << STEPS; bits++) {
			if (Integer.bitCount(bits) == STEPS / 2) {
				StringBuilder order = new StringBuilder();
				for (int i = 0; i < STEPS; i++) {
					order.append(((bits >> i & 1) == 0) ? 'A' : 'B');
				}
				result.add(order.toString());
			}
		}
		return result.stream();
	}

	@ParameterizedTest
	@MethodSource("orders")
	void whatIsCachedIsNeverOlderThanTheDatabase(String order) throws Exception {
		for (boolean cached : new boolean[] { true, false }) {
			play(order, -1, -1, cached, this.two);
			for (int begin = BEGIN; begin <= STEPS; begin++) {
				for (int end = begin; end <= STEPS; end++) {
					play(order, begin, end, cached, (begin % 2 == 0) ? this.one : this.two);
				}
			}
		}
	}

	private void play(String order, int begin, int end, boolean cached, CacheInstance reading) throws Exception {
		String key = order + " " + begin + " " + end + " " + cached;
		this.database.put(key, 1);
		if (cached) {
			cache(this.one).get(key, this.database::get);
		}
		Writer first = new Writer(cache(this.one), key, 2);
		Writer second = new Writer(cache(this.two), key, 3);
		Reader reader = new Reader(cache(reading), key);
		for (int i = 0; i <= STEPS; i++) {
			if (i == begin) {
				reader.begin();
			}
			if (i == end) {
				reader.end();
			}
			if (i < STEPS) {
				((order.charAt(i) == 'A') ? first : second).step();
			}
		}
		for (CacheInstance instance : List.of(this.one, this.two)) {
			assertThat(cache(instance).getIfPresent(key).orElse(this.database.get(key))).as(key)
				.isEqualTo(this.database.get(key));
		}
	}

	@Test
	void theOnlyWriterStores() throws Exception {
		Writer writer = new Writer(cache(this.one), "key", 2);
		writer.step();
		writer.step();
		writer.step();
		assertThat(cache(this.two).getIfPresent("key")).contains(2);
	}

	@Test
	void thousandsOfUpdatesAtOnceLeaveNothingOld() throws Exception {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
		AtomicInteger updates = new AtomicInteger();
		AtomicInteger stored = new AtomicInteger();
		while (System.nanoTime() < end) {
			AtomicBoolean stop = new AtomicBoolean();
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				LeasedCache<Object, Integer> cache = cache((i % 2 == 0) ? this.one : this.two);
				boolean writes = i < 4;
				running.add(this.threads.submit(() -> {
					ThreadLocalRandom random = ThreadLocalRandom.current();
					while (!stop.get()) {
						String key = "key " + random.nextInt(6);
						if (writes && random.nextInt(3) == 0) {
							updates.incrementAndGet();
							StoreTicket<Integer> ticket = cache.announceUpdate(KeyId.of(key))
								.toCompletableFuture()
								.join();
							Integer value = this.database.merge(key, 1, Integer::sum);
							if (ticket.storeOrInvalidate(Loaded.of(value)).toCompletableFuture().join()) {
								stored.incrementAndGet();
							}
						}
						else if (writes && random.nextInt(8) == 0) {
							this.database.merge(key, 1, Integer::sum);
							cache.invalidate(KeyId.of(key));
						}
						else {
							cache.get(key, (id) -> this.database.getOrDefault(key, 0));
						}
					}
				}));
			}
			awaitCount(updates, updates.get() + 150);
			stop.set(true);
			for (Future<?> each : running) {
				each.get(10, TimeUnit.SECONDS);
			}
			this.database.forEach((key, value) -> {
				assertThat(cache(this.one).getIfPresent(key).orElse(value)).as(key.toString()).isEqualTo(value);
				assertThat(cache(this.two).getIfPresent(key).orElse(value)).as(key.toString()).isEqualTo(value);
			});
		}
		assertThat(stored.get()).isPositive().isLessThan(updates.get());
	}

	private static void awaitCount(AtomicInteger counter, int count) {
		await().until(() -> counter.get() >= count);
	}

	/** One who changes the value, in three steps. */
	private final class Writer {

		private final LeasedCache<Object, Integer> cache;

		private final String key;

		private final int value;

		private @Nullable StoreTicket<Integer> ticket;

		private boolean committed;

		Writer(LeasedCache<Object, Integer> cache, String key, int value) {
			this.cache = cache;
			this.key = key;
			this.value = value;
		}

		void step() throws Exception {
			if (this.ticket == null) {
				this.ticket = this.cache.announceUpdate(KeyId.of(this.key))
					.toCompletableFuture()
					.get(10, TimeUnit.SECONDS);
			}
			else if (!this.committed) {
				UpdateInterleavingTests.this.database.put(this.key, this.value);
				this.committed = true;
			}
			else {
				this.ticket.storeOrInvalidate(Loaded.of(this.value)).toCompletableFuture().get(10, TimeUnit.SECONDS);
			}
		}

	}

	/** One who loads the value, if it is not cached. */
	private final class Reader {

		private final LeasedCache<Object, Integer> cache;

		private final String key;

		private final CountDownLatch readOrDone = new CountDownLatch(1);

		private final CountDownLatch release = new CountDownLatch(1);

		private @Nullable Future<?> call;

		Reader(LeasedCache<Object, Integer> cache, String key) {
			this.cache = cache;
			this.key = key;
		}

		void begin() throws Exception {
			this.call = UpdateInterleavingTests.this.threads.submit(() -> {
				this.cache.get(this.key, (id) -> {
					Integer read = UpdateInterleavingTests.this.database.get(this.key);
					this.readOrDone.countDown();
					reach(this.release);
					return read;
				});
				this.readOrDone.countDown();
			});
			reach(this.readOrDone);
		}

		void end() throws Exception {
			this.release.countDown();
			this.call.get(10, TimeUnit.SECONDS);
		}

		private static void reach(CountDownLatch latch) {
			try {
				assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
