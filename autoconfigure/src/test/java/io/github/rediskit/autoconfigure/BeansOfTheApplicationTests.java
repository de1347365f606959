package io.github.rediskit.autoconfigure;

import java.lang.reflect.Type;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.ReadThroughCache;
import io.github.rediskit.codec.ValueCodec;
import io.github.rediskit.codec.ValueCodecs;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application brings itself neither collides with ours nor is passed over.
 */
@RedisTest
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class BeansOfTheApplicationTests {

	private final ApplicationContextRunner unconfigured = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	private final ApplicationContextRunner runner = this.unconfigured
		.withPropertyValues("spring.data.redis.url=" + RedisTestServer.shared().uri());

	@Test
	void ourBeansLeaveTheirNamesToTheApplication() {
		this.runner.withBean("caches", String.class, () -> "theirs")
			.withBean("redisConnections", String.class, () -> "theirs")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Caches.class));
	}

	@Test
	void annotationsGoOnBesideCachesOfTheApplication() {
		Caches theirs = new Caches() {

			@Override
			public <K, V> ReadThroughCache<K, V> cache(String name, Class<V> valueType) {
				throw new UnsupportedOperationException();
			}

		};
		this.runner.withBean(Caches.class, () -> theirs).withBean(Shop.class).run((context) -> {
			assertThat(context.getBean(Caches.class)).isSameAs(theirs);
			context.getBean(Shop.class).name(1);
			context.getBean(Shop.class).name(1);
			assertThat(context.getBean(Shop.class).calls()).isEqualTo(1);
		});
	}

	@Test
	void codecsOfTheApplicationReplaceOurs() {
		this.runner.withBean(ValueCodecs.class, Refusing::new)
			.withBean(Shop.class)
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("theirs"));
	}

	@Test
	void severalMappersAreNoReasonNotToStart() {
		this.runner.withBean("one", JsonMapper.class, JsonMapper::new)
			.withBean("two", JsonMapper.class, JsonMapper::new)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void withoutJacksonTheStartFailsOnlyWhereSomethingIsCached() {
		ApplicationContextRunner without = this.runner
			.withClassLoader(new FilteredClassLoader("tools.jackson", "com.fasterxml.jackson"));
		without.run((context) -> assertThat(context).hasNotFailed());
		without.withPropertyValues("spring.aop.proxy-target-class=false")
			.withBean(Shop.class)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("add the dependency tools.jackson.core:jackson-databind"));
	}

	@Test
	void aFactoryOfTheApplicationOnAnotherServerIsPointedOut(CapturedOutput output) {
		ApplicationContextRunner own = this.unconfigured.withBean(RedisConnectionFactory.class,
				() -> new LettuceConnectionFactory("elsewhere", 6380));
		own.withPropertyValues("spring.data.redis.host=elsewhere").run((context) -> assertThat(context).hasNotFailed());
		this.unconfigured.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("Set spring.data.redis.url");
		own.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Rediskit's go to localhost:6379", "Set spring.data.redis.url");
	}

	static final class Refusing implements ValueCodecs {

		@Override
		public <V> ValueCodec<V> codec(Type declaredType) {
			throw new IllegalArgumentException("theirs");
		}

	}

	public interface Names {

		String name(long id);

	}

	static class Shop implements Names {

		private final AtomicInteger calls = new AtomicInteger();

		int calls() {
			return this.calls.get();
		}

		@Override
		@Cached("names")
		public String name(long id) {
			this.calls.incrementAndGet();
			return "name " + id;
		}

	}

}
