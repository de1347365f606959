package io.github.rediskit.cache;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * While an application is deployed, instances of two releases share a cache whose class
 * has the same name and another shape.
 */
@RedisTest
@Timeout(60)
class TwoReleasesTests {

	private static final String OLD = "record Product(int id, String name, int cents) {}";

	private static ReleasedClass oldRelease;

	private final RedisTestServer server = RedisTestServer.shared();

	private CacheInstance one;

	private CacheInstance two;

	@BeforeAll
	static void compile() throws Exception {
		oldRelease = new ReleasedClass(OLD);
	}

	@BeforeEach
	void start() {
		this.one = new CacheInstance(this.server.uri());
		this.two = new CacheInstance(this.server.uri());
	}

	@AfterEach
	void stop() {
		this.one.close();
		this.two.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "record Product(int id, String name, int cents, String color) {}",
			"record Product(int id, String name) {}", "record Product(int id, String name, long cents) {}",
			"record Product(int id, String name, String cents) {}",
			"record Product(int id, String title, int cents) {}",
			"record Product(int id, Optional<String> name, int cents) {}",
			"record Product(int id, List<String> name, int cents) {}",
			"record Product(int id, String name, int cents) { public record Other() {} public Other other() { return null; } "
					+ "static int more; } class Unused { Product product; }" })
	void whatOneReleaseStoredIsAMissForTheOther(String declaration) throws Exception {
		ReleasedClass before = oldRelease;
		ReleasedClass after = new ReleasedClass(declaration);
		boolean sameShape = declaration.startsWith(OLD.substring(0, OLD.length() - 1));
		LeasedCache<Integer, Object> old = this.one.caches().cache("products", (Type) before.type());
		LeasedCache<Integer, Object> latest = this.two.caches().cache("products", (Type) after.type());
		Object oldValue = before.create(1, "lamp", 990);
		Object newValue = (after.type().getRecordComponents().length == 2) ? after.create(1, "lamp")
				: sameShape ? after.create(1, "lamp", 990) : example(after);

		assertThat(old.get(1, (id) -> oldValue)).isSameAs(oldValue);
		if (sameShape) {
			assertThat(latest.getIfPresent(1)).contains(newValue);
			return;
		}
		for (int round = 0; round < 3; round++) {
			assertThat(latest.getIfPresent(1)).isEmpty();
			assertThat(latest.get(1, (id) -> newValue)).isSameAs(newValue);
			assertThat(latest.getIfPresent(1)).contains(newValue);
			assertThat(old.getIfPresent(1)).isEmpty();
			assertThat(old.get(1, (id) -> oldValue)).isSameAs(oldValue);
			assertThat(old.getIfPresent(1)).contains(oldValue);
		}
		assertThat(this.one.events.take()).contains("miss:SCHEMA").doesNotContain("store-failed", "bypassed");
		assertThat(this.two.events.take()).contains("miss:SCHEMA").doesNotContain("store-failed", "bypassed");
	}

	private static Object example(ReleasedClass release) throws Exception {
		List<Object> arguments = Arrays.stream(release.type().getRecordComponents()).map((component) -> {
			Class<?> type = component.getType();
			return (type == int.class) ? (Object) 1 : (type == long.class) ? (Object) 1L
					: (type == String.class) ? "text" : (type == List.class) ? List.of("text") : Optional.of("text");
		}).toList();
		return release.create(arguments.toArray());
	}

	@Test
	void anEvictionByEitherReachesBoth() throws Exception {
		ReleasedClass before = oldRelease;
		ReleasedClass after = new ReleasedClass("record Product(int id, String name) {}");
		LeasedCache<Integer, Object> old = this.one.caches().cache("products", (Type) before.type());
		LeasedCache<Integer, Object> latest = this.two.caches().cache("products", (Type) after.type());

		old.put(1, before.create(1, "lamp", 990));
		latest.invalidate(1);
		assertThat(old.getIfPresent(1)).isEmpty();
		latest.put(1, after.create(1, "lamp"));
		old.invalidate(1);
		assertThat(latest.getIfPresent(1)).isEmpty();
		assertThat(this.server.commands().exists("shop:cache:products:{1}")).isZero();
		old.put(1, before.create(1, "lamp", 990));
		latest.put(2, after.create(2, "chair"));
		latest.invalidateAll();
		assertThat(old.getIfPresent(1)).isEmpty();
		assertThat(latest.getIfPresent(2)).isEmpty();
	}

	@Test
	void aLoadOfOneReleaseIsCancelledByAnEvictionOfTheOther() throws Exception {
		ReleasedClass before = oldRelease;
		ReleasedClass after = new ReleasedClass("record Product(int id, String name) {}");
		LeasedCache<Integer, Object> old = this.one.caches().cache("products", (Type) before.type());
		LeasedCache<Integer, Object> latest = this.two.caches().cache("products", (Type) after.type());
		Object outdated = before.create(1, "lamp", 990);

		assertThat(old.get(1, (id) -> {
			latest.invalidate(1);
			return outdated;
		})).isSameAs(outdated);

		assertThat(old.getIfPresent(1)).isEmpty();
		assertThat(this.one.events.take()).contains("rejected");
	}

	@ParameterizedTest
	@EnumSource(Format.class)
	void aReleaseThatChangesTheFormatDoesNotReadTheOther(Format format) throws Exception {
		ReleasedClass release = oldRelease;
		Object value = release.create(1, "lamp", 990);
		try (CacheInstance three = new CacheInstance(this.server.uri(),
				TestSettings.with((settings) -> settings.format = format))) {
			LeasedCache<Integer, Object> old = this.one.caches().cache("products", (Type) release.type());
			LeasedCache<Integer, Object> latest = three.caches().cache("products", (Type) release.type());
			old.put(1, value);
			assertThat(latest.getIfPresent(1).isPresent()).isEqualTo(format == Format.JSON);
			assertThat(latest.get(1, (id) -> value)).isEqualTo(value);
			assertThat(latest.getIfPresent(1)).contains(value);
			assertThat(old.getIfPresent(1).isPresent()).isEqualTo(format == Format.JSON);
		}
	}

}
