package io.github.rediskit.cache;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import io.github.rediskit.cache.LeasedCacheTests.Product;
import io.github.rediskit.testing.ChildJvm;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that is killed while it loads.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class DeadLoaderTests {

	@Test
	void anotherInstanceLoadsWithinTheLeaseOfAKilledProcess(RedisTestServer server) throws Exception {
		Process loader = ChildJvm.start(Loads.class, server.uri());
		try (CacheInstance instance = new CacheInstance(server.uri())) {
			awaitLoading(loader);
			assertThat(server.commands().exists("shop:cache-lease:products:{1}")).isOne();
			loader.destroyForcibly().waitFor();
			long start = System.nanoTime();
			Product product = instance.cache(Product.class).get(1, (id) -> new Product(1, "taken over"));
			assertThat(product).isEqualTo(new Product(1, "taken over"));
			assertThat(Duration.ofNanos(System.nanoTime() - start))
				.isLessThan(CacheInstance.SETTINGS.loading().lease().plusMillis(300));
			assertThat(instance.cache(Product.class).getIfPresent(1)).contains(new Product(1, "taken over"));
		}
		finally {
			loader.destroyForcibly();
		}
	}

	private static void awaitLoading(Process loader) throws IOException {
		BufferedReader output = new BufferedReader(
				new InputStreamReader(loader.getInputStream(), StandardCharsets.UTF_8));
		String line = output.readLine();
		while (line != null && !line.equals("loading")) {
			line = output.readLine();
		}
		assertThat(line).isEqualTo("loading");
	}

	/** Loads for ever. */
	static final class Loads {

		private Loads() {
		}

		public static void main(String[] args) {
			ReadThroughCache<Object, Product> cache = new CacheInstance(args[0]).cache(Product.class);
			do {
				cache.get("warm", (id) -> new Product(0, "warm"));
			}
			while (cache.getIfPresent("warm").isEmpty());
			cache.get(1, (id) -> {
				new PrintStream(new FileOutputStream(FileDescriptor.out), true).println("loading");
				while (true) {
					LockSupport.park();
				}
			});
		}

	}

}
