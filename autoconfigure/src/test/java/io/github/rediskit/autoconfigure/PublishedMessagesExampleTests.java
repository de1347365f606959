package io.github.rediskit.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.rediskit.messaging.ListenerFailure;
import io.github.rediskit.messaging.RedisListenerErrorHandler;
import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.messaging.SubscriptionGapEvent;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.KillArgs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;
import org.springframework.data.redis.annotation.RedisListener;
import org.springframework.data.redis.config.AbstractRedisListenerEndpoint;
import org.springframework.data.redis.config.RedisListenerEndpointRegistry;
import org.springframework.data.redis.listener.Topic;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What {@code docs/pubsub.md} shows.
 */
@RedisTest
@Timeout(60)
class PublishedMessagesExampleTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class,
				MessagingAutoConfiguration.class, PubSubAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri())
		.withBean(PriceBoard.class)
		.withBean(Prices.class)
		.withBean(ParkedMessages.class)
		.withBean(Pause.class);

	@Test
	void theBoardFollowsThePrices() {
		this.runner.run((context) -> {
			PriceBoard board = context.getBean(PriceBoard.class);
			context.getBean(Prices.class).change("lamp", 1990);
			await().untilAsserted(() -> assertThat(board.prices).containsEntry("lamp", 1990L));
			this.server.commands().publish("prices.lamp", "not a price");
			await().untilAsserted(
					() -> assertThat(context.getBean(ParkedMessages.class).parked).containsExactly("prices.lamp"));
			this.server.commands().clientKill(KillArgs.Builder.typePubsub());
			await().untilAsserted(() -> assertThat(board.prices).containsOnlyKeys("reloaded"));
			context.getBean(Pause.class).pause("board");
			await().until(() -> this.server.commands().pubsubNumpat() == 0);
		});
	}

	@Service
	static class Prices {

		private final RedisPublisher publisher;

		Prices(RedisPublisher publisher) {
			this.publisher = publisher;
		}

		void change(String article, long cents) {
			this.publisher.publish("prices." + article, new Price(article, cents));
		}

	}

	record Price(String article, long cents) {
	}

	@Component
	static class PriceBoard {

		final Map<String, Long> prices = new ConcurrentHashMap<>();

		@RedisListener(id = "board", topic = "prices.*")
		void on(Price price, Topic topic) {
			this.prices.put(price.article(), price.cents());
		}

		@EventListener
		void on(SubscriptionGapEvent gap) {
			if (gap.patterns().contains("prices.*")) {
				reload();
			}
		}

		private void reload() {
			this.prices.clear();
			this.prices.put("reloaded", 1L);
		}

	}

	@Component
	static class ParkedMessages implements RedisListenerErrorHandler {

		final Queue<String> parked = new ConcurrentLinkedQueue<>();

		@Override
		public void handle(ListenerFailure failure) {
			this.parked.add(failure.channel()); // failure.message() has the bytes
		}

	}

	@Service
	static class Pause {

		private final RedisListenerEndpointRegistry registry;

		Pause(RedisListenerEndpointRegistry registry) {
			this.registry = registry;
		}

		void pause(String id) {
			for (AbstractRedisListenerEndpoint listener : listeners()) {
				if (listener.getId().equals(id)) {
					listener.stop(); // and start()
				}
			}
		}

		private List<AbstractRedisListenerEndpoint> listeners() {
			List<AbstractRedisListenerEndpoint> listeners = new ArrayList<>();
			this.registry.getEndpoints().forEach((listener) -> listeners.add((AbstractRedisListenerEndpoint) listener));
			return listeners;
		}

	}

}
