package io.github.rediskit.autoconfigure.listening;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.rediskit.messaging.RedisStreamListener;

/**
 * A listener that a proxy in another package can't override.
 */
public class FromAnotherPackage {

	/** What was heard. */
	public final Queue<Object> heard = new ConcurrentLinkedQueue<>();

	@RedisStreamListener(stream = "orders", group = "hidden")
	void on(Integer order) {
		this.heard.add(order);
	}

}
