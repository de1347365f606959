package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.messaging.AsyncRedisPublisher;
import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.messaging.SubscriptionGapEvent;
import io.github.rediskit.messaging.SubscriptionGapEvent.Cause;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.testing.TcpProxy;
import io.lettuce.core.KillArgs;
import io.lettuce.core.protocol.ProtocolVersion;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.annotation.RedisListener;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Listeners live on, whatever happens to connections and servers, and finish what they
 * have received.
 */
@RedisTest
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class SubscriptionLifeTests {

	private static final Log logger = LogFactory.getLog(SubscriptionLifeTests.class);

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class,
				MessagingAutoConfiguration.class, PubSubAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop")
		.withBean(Numbers.class)
		.withBean(Gaps.class);

	private final ApplicationContextRunner connected = this.runner
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	@Test
	void theOrderOfAChannelIsKept() {
		int count = Integer.getInteger("rediskit.test.pubsub.messages", 20_000);
		this.connected
			.withPropertyValues("rediskit.messaging.pubsub.queue-capacity=200000", "spring.data.redis.timeout=20s")
			.run((context) -> publishAndCompare(context, count));
	}

	private static void publishAndCompare(ApplicationContext context, int count) throws Exception {
		AsyncRedisPublisher publisher = context.getBean(AsyncRedisPublisher.class);
		Semaphore underWay = new Semaphore(500);
		AtomicInteger failed = new AtomicInteger();
		long begun = System.nanoTime();
		for (int i = 0; i < count; i++) {
			underWay.acquire();
			publisher.publish("numbers." + (i % 4), i).whenComplete((done, failure) -> {
				failed.addAndGet((failure != null) ? 1 : 0);
				underWay.release();
			});
		}
		Numbers numbers = context.getBean(Numbers.class);
		await().atMost(Duration.ofSeconds(60)).until(() -> numbers.heard.size() == count);
		long millis = (System.nanoTime() - begun) / 1_000_000;
		logger.info(String.format("%d messages on 4 channels in %d ms", count, millis));
		for (int channel = 0; channel < 4; channel++) {
			int remainder = channel;
			assertThat(numbers.heard.stream().filter((number) -> number % 4 == remainder).toList()).isSorted()
				.doesNotHaveDuplicates();
		}
		assertThat(failed).hasValue(0);
		assertThat(context.getBean(Gaps.class).events).isEmpty();
	}

	@Test
	void anApplicationStartsWithoutRedisAndListensOnceItIsThere(CapturedOutput output) {
		try (RedisTestServer own = RedisTestServer.start()) {
			own.kill();
			this.runner.withPropertyValues("spring.data.redis.url=" + own.uri()).run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(RedisMessageListenerContainer.class).isListening()).isFalse();
				await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
				own.restart();
				awaitHeard(context, own, 1);
				SubscriptionGapEvent gap = onlyGap(context);
				assertThat(gap.channels()).isEmpty();
				assertThat(gap.patterns()).containsExactly("numbers.*");
				assertThat(Duration.between(gap.since(), gap.until())).isGreaterThan(Duration.ofMillis(900));
			});
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("are not active, which is tried again")))
			.hasSize(1);
	}

	@Test
	void aConnectionThatIsKilledIsReplacedAndTheGapIsTold() {
		this.connected.run((context) -> {
			awaitHeard(context, this.server, 1);
			for (int round = 1; round <= 3; round++) {
				int gaps = round;
				this.server.commands().clientKill(KillArgs.Builder.typePubsub());
				await().until(() -> context.getBean(Gaps.class).events.size() == gaps);
				assertThat(this.server.commands().publish("numbers.0", String.valueOf(round * 10))).isOne();
				await().until(() -> context.getBean(Numbers.class).heard.contains(gaps * 10));
			}
			assertThat(context.getBean(Gaps.class).events).allSatisfy((gap) -> {
				assertThat(gap.cause()).isEqualTo(Cause.INTERRUPTED);
				assertThat(gap.connection()).isEqualTo("default");
				assertThat(gap.until()).isAfterOrEqualTo(gap.since());
			});
		});
	}

	@Test
	void aServerThatStartsAgainIsSubscribedToAgain() {
		try (RedisTestServer own = RedisTestServer.start()) {
			this.runner.withPropertyValues("spring.data.redis.url=" + own.uri()).run((context) -> {
				awaitHeard(context, own, 1);
				own.restart();
				awaitHeard(context, own, 2);
				await().untilAsserted(() -> assertThat(context.getBean(Gaps.class).events).isNotEmpty());
			});
		}
	}

	@Test
	void aConnectionThatIsHalfOpenIsFoundOutByAsking() {
		halfOpen(this.runner);
	}

	@Test
	void aConnectionThatIsHalfOpenIsFoundOutByAskingWithTheOldProtocol() {
		halfOpen(this.runner.withBean(LettuceClientOptionsBuilderCustomizer.class,
				() -> (options) -> options.protocolVersion(ProtocolVersion.RESP2)));
	}

	private void halfOpen(ApplicationContextRunner runner) {
		try (TcpProxy network = TcpProxy.to(this.server)) {
			runner
				.withPropertyValues("spring.data.redis.url=" + network.uri(),
						"rediskit.messaging.pubsub.ping-interval=200ms", "rediskit.messaging.pubsub.ping-timeout=500ms")
				.run((context) -> {
					awaitHeard(context, this.server, 1);
					await().pollDelay(Duration.ofSeconds(1)).until(() -> true); // pings
																				// are
																				// answered
					assertThat(context.getBean(Gaps.class).events).isEmpty();
					network.stall();
					RedisMessageListenerContainer container = context.getBean(RedisMessageListenerContainer.class);
					long begun = System.nanoTime();
					await().atMost(Duration.ofSeconds(5)).until(() -> !container.isListening());
					logger.info(String.format("A half-open connection was found out after %d ms",
							(System.nanoTime() - begun) / 1_000_000));
					network.cut();
					network.resume();
					awaitHeard(context, this.server, 2);
					await().untilAsserted(() -> assertThat(context.getBean(Gaps.class).events).hasSize(1));
				});
		}
	}

	@Test
	void aServerThatAnswersAgainAfterAWhileIsNotForgotten() {
		try (RedisTestServer own = RedisTestServer.start()) {
			this.runner
				.withPropertyValues("spring.data.redis.url=" + own.uri(),
						"rediskit.messaging.pubsub.ping-interval=200ms", "rediskit.messaging.pubsub.ping-timeout=500ms")
				.run((context) -> {
					awaitHeard(context, own, 1);
					own.freeze();
					await().until(() -> !context.getBean(RedisMessageListenerContainer.class).isListening());
					own.thaw();
					awaitHeard(context, own, 2);
				});
		}
	}

	@Test
	void aChannelThatIsForbiddenDoesNotSpoilTheOthers(CapturedOutput output) {
		try (RedisTestServer own = RedisTestServer.start()) {
			String uri = own.user("narrow", "secret", "~*", "resetchannels", "&numbers.*", "+@all");
			this.runner.withPropertyValues("spring.data.redis.url=" + uri).withBean(Forbidden.class).run((context) -> {
				assertThat(context).hasNotFailed();
				awaitHeard(context, own, 1);
				assertThat(output).contains(
						"Redis refused to subscribe to 'forbidden' on the connection 'default', so its listeners get nothing: NOPERM");
			});
		}
	}

	@Test
	void whatWasReceivedIsHandledBeforeAnApplicationEnds() {
		List<Integer> heard = new ArrayList<>();
		this.connected.withBean(Careful.class).run((context) -> {
			Careful careful = context.getBean(Careful.class);
			RedisPublisher publisher = context.getBean(RedisPublisher.class);
			for (int i = 0; i < 20; i++) {
				publisher.publish("careful", i);
			}
			await().until(() -> careful.begun.get() > 0);
			CompletableFuture<Void> closing = CompletableFuture.runAsync(context.getSourceApplicationContext()::close);
			await().until(() -> this.server.commands().pubsubNumsub("careful").get("careful") == 0);
			assertThat(closing).isNotDone();
			careful.go.countDown();
			closing.join();
			heard.addAll(careful.heard);
		});
		assertThat(heard).hasSize(20).isSorted();
	}

	@Test
	void aStopThatTakesTooLongDropsTheRestAndSaysSo(CapturedOutput output) {
		this.connected.withBean(Careful.class)
			.withPropertyValues("rediskit.messaging.pubsub.drain-timeout=500ms")
			.run((context) -> {
				Careful careful = context.getBean(Careful.class);
				for (int i = 0; i < 20; i++) {
					context.getBean(RedisPublisher.class).publish("careful", i);
				}
				await().until(() -> careful.begun.get() > 0);
				long begun = System.nanoTime();
				((ConfigurableApplicationContext) context.getSourceApplicationContext()).close();
				assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
				careful.go.countDown();
				assertThat(output).contains("19 messages that had been received were dropped");
			});
	}

	private void awaitHeard(ApplicationContext context, RedisTestServer server, int number) {
		Queue<Integer> heard = context.getBean(Numbers.class).heard;
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			server.commands().publish("numbers.0", String.valueOf(number));
			return heard.contains(number);
		});
	}

	private static SubscriptionGapEvent onlyGap(ApplicationContext context) {
		await().until(() -> !context.getBean(Gaps.class).events.isEmpty());
		assertThat(context.getBean(Gaps.class).events).hasSize(1);
		return context.getBean(Gaps.class).events.get(0);
	}

	static class Numbers {

		final Queue<Integer> heard = new ConcurrentLinkedQueue<>();

		@RedisListener(id = "numbers", topic = "numbers.*")
		void on(int number) {
			this.heard.add(number);
		}

	}

	static class Forbidden {

		@RedisListener("forbidden")
		void on(String message) {
		}

	}

	static class Careful {

		final AtomicInteger begun = new AtomicInteger();

		final CountDownLatch go = new CountDownLatch(1);

		final Queue<Integer> heard = new ConcurrentLinkedQueue<>();

		@RedisListener("careful")
		void on(int number) throws InterruptedException {
			this.begun.incrementAndGet();
			this.go.await();
			this.heard.add(number);
		}

	}

}
