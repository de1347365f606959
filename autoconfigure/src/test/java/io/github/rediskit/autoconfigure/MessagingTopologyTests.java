package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import io.github.rediskit.messaging.MessageListeners;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisQueues;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.github.rediskit.testing.RedisTestSentinel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Streams and queues across a failover. {@code -Drediskit.test.messages.failover=true}
 * runs it.
 */
@Timeout(120)
class MessagingTopologyTests {

	@Test
	@EnabledIfSystemProperty(named = "rediskit.test.messages.failover", matches = "true",
			disabledReason = "it takes 20 seconds")
	void afterAFailoverListenersGoOnAndWhatWasReplicatedIsHandled() {
		try (RedisTestSentinel redis = RedisTestSentinel.start()) {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class,
						RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class,
						CacheAutoConfiguration.class, MessagingAutoConfiguration.class))
				.withPropertyValues("spring.application.name=shop", "spring.data.redis.timeout=2s",
						"spring.data.redis.sentinel.nodes=" + String.join(",", redis.addresses()),
						"spring.data.redis.sentinel.master=" + RedisTestSentinel.MASTER,
						"rediskit.messaging.streams.orders.claim-idle=2s",
						"rediskit.messaging.queues.email.claim-idle=2s")
				.withBean(Shop.class)
				.run((context) -> {
					Shop shop = context.getBean(Shop.class);
					Set<String> sent = send(context, "before", 200);
					await().atMost(Duration.ofSeconds(30)).until(() -> shop.heard.containsAll(sent));
					shop.paused = true;
					Set<String> waiting = send(context, "waiting", 50);
					context.getBean(RedisQueues.class)
						.queue("email", String.class)
						.send("delayed", Duration.ofSeconds(1));
					redis.data().awaitSync();
					redis.failOver();
					shop.paused = false;
					await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
						assertThat(shop.heard).containsAll(waiting).contains("delayed");
					});
					Set<String> after = new TreeSet<>();
					await().atMost(Duration.ofSeconds(30))
						.ignoreExceptions()
						.until(() -> after.addAll(send(context, "after", 50)));
					await().atMost(Duration.ofSeconds(30)).until(() -> shop.heard.containsAll(after));
					MessageListeners listeners = context.getBean(MessageListeners.class);
					await().atMost(Duration.ofSeconds(20))
						.until(() -> listeners.status("orders.billing").pending() == 0
								&& listeners.status("email").length() == 0);
					assertThat(redis.data().replica().commands().keys("*:dead")).isEmpty();
				});
		}
	}

	private static Set<String> send(ApplicationContext context, String text, int count) {
		Set<String> sent = new TreeSet<>();
		for (int i = 0; i < count; i++) {
			context.getBean(RedisStreams.class).add("orders", text + " s" + i);
			context.getBean(RedisQueues.class).queue("email", String.class).send(text + " q" + i);
			sent.add(text + " s" + i);
			sent.add(text + " q" + i);
		}
		return sent;
	}

	static class Shop {

		final Set<String> heard = ConcurrentHashMap.newKeySet();

		volatile boolean paused;

		@RedisStreamListener(stream = "orders", group = "billing", concurrency = "4")
		void on(String order) {
			handle(order);
		}

		@RedisQueueListener(value = "email", concurrency = "4")
		void send(String email) {
			handle(email);
		}

		private void handle(String text) {
			await().atMost(Duration.ofSeconds(60)).until(() -> !this.paused);
			this.heard.add(text);
		}

	}

}
