package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.messaging.AsyncRedisPublisher;
import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.annotation.RedisListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Listeners as an application may have them and nobody thought of.
 */
@RedisTest
@Timeout(60)
class OddListenersTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
				MessagingAutoConfiguration.class, LockAutoConfiguration.class, PubSubAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri());

	@Test
	void aFinalMethodOfAProxyStopsTheStart() {
		this.runner.withBean(FinalAndProxied.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("@RedisStreamListener")
				.hasMessageContaining("Final.on(Integer)")
				.hasMessageContaining("final"));
	}

	@Test
	void aFinalMethodWithoutAProxyIsCalled() {
		this.runner.withBean(Final.class).run((context) -> {
			context.getBean(RedisStreams.class).add("orders", 1);
			await().untilAsserted(() -> assertThat(context.getBean(Final.class).heard).containsExactly(1));
		});
	}

	@Test
	void listenersListenInAnApplicationThatIsLazy() {
		this.runner.withBean(Final.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				context.getBean(RedisStreams.class).add("orders", 1);
				await().untilAsserted(
						() -> assertThat(this.server.commands().xinfoGroups("shop:stream:{orders}")).hasSize(1));
				await().untilAsserted(() -> assertThat(context.getBean(Final.class).heard).containsExactly(1));
			});
	}

	@ParameterizedTest
	@CsvSource({ "900000000d, 365d", "-1s, duration", "soon, duration" })
	void aBackOffThatCanNotBeMeantStopsTheStart(String backoff, String sentence) {
		this.runner.withBean(Patient.class)
			.withPropertyValues("patience=" + backoff)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("@RedisStreamListener")
				.hasMessageContaining("backoff")
				.hasMessageContaining(sentence));
	}

	@ParameterizedTest
	@CsvSource({ "NaN", "Infinity", "0.5" })
	void aMultiplierThatCanNotBeMeantStopsTheStart(String multiplier) {
		this.runner.withPropertyValues("rediskit.messaging.streams.orders.multiplier=" + multiplier)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("rediskit.messaging.streams.orders.multiplier"));
	}

	@Test
	void aListenerThatHangsIsInterruptedWhenTheApplicationHasEnded() {
		CountDownLatch interrupted = new CountDownLatch(1);
		this.runner.withBean(Hanging.class, () -> new Hanging(interrupted))
			.withPropertyValues("rediskit.messaging.pubsub.drain-timeout=100ms")
			.run((context) -> {
				context.getBean(RedisPublisher.class).publish("hang", 1);
				await().until(() -> context.getBean(Hanging.class).begun.getCount() == 0);
				((ConfigurableApplicationContext) context.getSourceApplicationContext()).close();
			});
		await().atMost(Duration.ofSeconds(5)).until(() -> interrupted.getCount() == 0);
	}

	@Test
	void aListenerThatLeavesItsThreadInterruptedDoesNotInterruptTheNext() {
		this.runner.withBean(Interrupting.class).run((context) -> {
			for (int i = 0; i < 20; i++) {
				context.getBean(AsyncRedisPublisher.class).publish("interrupt", i);
			}
			await().until(() -> context.getBean(Interrupting.class).heard.size() == 20);
		});
	}

	@Test
	void aListenerOfAChannelThatClosesTheApplicationDoesNotWaitForItself() {
		CountDownLatch closed = new CountDownLatch(1);
		Runnable[] close = new Runnable[1];
		this.runner.withBean(Closing.class, () -> new Closing(() -> {
			close[0].run();
			closed.countDown();
		})).run((context) -> {
			close[0] = ((ConfigurableApplicationContext) context.getSourceApplicationContext())::close;
			context.getBean(RedisPublisher.class).publish("close", 1);
			assertThat(closed.await(8, TimeUnit.SECONDS)).isTrue();
		});
	}

	static class Final {

		final Queue<Integer> heard = new ConcurrentLinkedQueue<>();

		@RedisStreamListener(stream = "orders", group = "billing")
		final void on(Integer order) {
			this.heard.add(order);
		}

	}

	static class FinalAndProxied extends Final {

		@DistributedLock("nightly")
		void locked() {
		}

	}

	static class Patient {

		@RedisStreamListener(stream = "orders", group = "billing", backoff = "${patience}")
		void on(Integer order) {
		}

	}

	static class Interrupting {

		final Queue<Integer> heard = new ConcurrentLinkedQueue<>();

		@RedisListener(id = "interrupting", topic = "interrupt")
		void on(int number) throws InterruptedException {
			new CountDownLatch(0).await(); // as any handler that can be interrupted
			this.heard.add(number);
			Thread.currentThread().interrupt();
		}

	}

	static class Closing {

		private final Runnable close;

		Closing(Runnable close) {
			this.close = close;
		}

		@RedisListener(id = "closing", topic = "close")
		void on(int number) {
			this.close.run();
		}

	}

	static class Hanging {

		final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch interrupted;

		Hanging(CountDownLatch interrupted) {
			this.interrupted = interrupted;
		}

		@RedisListener(id = "hanging", topic = "hang")
		void on(int number) {
			this.begun.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				this.interrupted.countDown();
			}
		}

	}

}
