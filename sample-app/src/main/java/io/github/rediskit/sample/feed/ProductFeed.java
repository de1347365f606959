package io.github.rediskit.sample.feed;

import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.messaging.SubscriptionGapEvent;
import io.github.rediskit.sample.catalog.Product;
import io.github.rediskit.sample.orders.Order;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.data.redis.annotation.RedisListener;
import org.springframework.stereotype.Service;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Changes of products. Whichever instance changes one publishes it; each instance hears
 * it, and pushes it to the browsers that are connected to it. Who was away has missed it:
 * a browser that connects again loads the product anew.
 */
@Service
public class ProductFeed {

	private static final Log logger = LogFactory.getLog(ProductFeed.class);

	private static final String CHANNEL = "product-changes";

	private static final long AS_LONG_AS_IT_STAYS = 0;

	private final RedisPublisher publisher;

	private final Set<SseEmitter> browsers = ConcurrentHashMap.newKeySet();

	ProductFeed(RedisPublisher publisher) {
		this.publisher = publisher;
	}

	/**
	 * Tells everybody that a product has another price.
	 * @param product the product as it is now
	 */
	public void repriced(Product product) {
		tell(new ProductChange(product.id(), product.name(), product.price(), 0, Instant.now()));
	}

	/**
	 * Tells everybody that some of a product were sold.
	 * @param line which one, and how many
	 */
	public void sold(Order.Line line) {
		tell(new ProductChange(line.productId(), line.product(), line.price(), line.quantity(), Instant.now()));
	}

	/** That Redis is away is no reason not to sell. */
	private void tell(ProductChange change) {
		try {
			this.publisher.publish(CHANNEL, change);
		}
		catch (RuntimeException ex) {
			logger
				.warn("Nobody was told that product %d has changed: %s".formatted(change.productId(), ex.getMessage()));
		}
	}

	/**
	 * Connects a browser.
	 * @return what it is told through
	 */
	public SseEmitter connect() {
		SseEmitter browser = new SseEmitter(AS_LONG_AS_IT_STAYS);
		browser.onCompletion(() -> this.browsers.remove(browser));
		browser.onError((failure) -> this.browsers.remove(browser));
		this.browsers.add(browser);
		send(browser, SseEmitter.event().name("connected").data(this.browsers.size()));
		return browser;
	}

	@RedisListener(CHANNEL)
	void on(ProductChange change) {
		this.browsers.forEach((browser) -> send(browser, SseEmitter.event().name("change").data(change)));
	}

	/** The subscription was interrupted: what was published meanwhile is lost. */
	@EventListener
	void on(SubscriptionGapEvent gap) {
		this.browsers.forEach((browser) -> send(browser, SseEmitter.event().name("gap").data("")));
	}

	/** Requests that never end would keep the server from stopping. */
	@EventListener(ContextClosedEvent.class)
	void close() {
		this.browsers.forEach(SseEmitter::complete);
	}

	private void send(SseEmitter browser, SseEmitter.SseEventBuilder event) {
		try {
			browser.send(event);
		}
		catch (IOException | IllegalStateException ex) {
			this.browsers.remove(browser); // it has gone
		}
	}

}
