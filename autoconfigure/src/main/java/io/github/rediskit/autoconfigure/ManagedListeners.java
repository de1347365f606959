package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

import io.github.rediskit.messaging.GroupStatus;
import io.github.rediskit.messaging.MessageConsumer;
import io.github.rediskit.messaging.MessageListeners;
import io.github.rediskit.spring.ListenerDefinition;

import org.springframework.context.SmartLifecycle;

/**
 * The listeners of an application. They start when everything else has, and stop first:
 * what they are handling may need all of it.
 */
final class ManagedListeners implements MessageListeners, SmartLifecycle {

	private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

	private final BiFunction<ListenerDefinition, Object, MessageConsumer> consumers;

	private final Duration grace;

	private volatile boolean running;

	/**
	 * Creates the listeners.
	 * @param consumers makes what consumes for a method of a bean
	 * @param grace how long a stop may take
	 */
	ManagedListeners(BiFunction<ListenerDefinition, Object, MessageConsumer> consumers, Duration grace) {
		this.consumers = consumers;
		this.grace = grace;
	}

	/** Adds a listener, and starts it if the others are. */
	void add(ListenerDefinition definition, Object bean) {
		Listener before = this.listeners.get(definition.id());
		if (before != null) {
			throw definition
				.invalid(("the id \"%s\" is that of the listener %s, too. Give one of them another id: " + "id = \"…\"")
					.formatted(definition.id(), before.definition().place()));
		}
		this.listeners.values().forEach((other) -> requireAnotherConsumer(definition, other.definition()));
		Listener added = new Listener(definition, this.consumers.apply(definition, bean));
		this.listeners.put(definition.id(), added);
		if (this.running && definition.autoStartup()) {
			added.consumer().start();
		}
	}

	/** Each would take what the other has in hand for its own. */
	private static void requireAnotherConsumer(ListenerDefinition added, ListenerDefinition other) {
		String consumer = added.consumer();
		if (consumer != null && consumer.equals(other.consumer()) && added.queue() == other.queue()
				&& added.name().equals(other.name()) && added.group().equals(other.group())) {
			throw added.invalid(
					("the consumer \"%s\" is that of the listener %s, too. Give one of them another consumer, or leave it "
							+ "out")
						.formatted(consumer, other.place()));
		}
	}

	boolean isEmpty() {
		return this.listeners.isEmpty();
	}

	@Override
	public Set<String> ids() {
		return new TreeSet<>(this.listeners.keySet());
	}

	@Override
	public boolean isRunning(String id) {
		return consumer(id).isRunning();
	}

	@Override
	public void start(String id) {
		consumer(id).start();
	}

	@Override
	public void stop(String id) {
		MessageConsumer consumer = consumer(id);
		CompletionStage<?> stopped = consumer.stop(this.grace);
		if (!consumer.isHandling()) {
			stopped.toCompletableFuture().join();
		}
	}

	@Override
	public GroupStatus status(String id) {
		return consumer(id).status();
	}

	private MessageConsumer consumer(String id) {
		Listener listener = this.listeners.get(id);
		if (listener == null) {
			throw new IllegalArgumentException("There is no listener '%s'. There are %s".formatted(id, ids()));
		}
		return listener.consumer();
	}

	@Override
	public void start() {
		this.running = true;
		this.listeners.values()
			.stream()
			.filter((listener) -> listener.definition().autoStartup())
			.forEach((listener) -> listener.consumer().start());
	}

	@Override
	public void stop() {
		stopped().join();
	}

	@Override
	public void stop(Runnable callback) {
		stopped().whenComplete((ignored, failure) -> callback.run());
	}

	private CompletableFuture<?> stopped() {
		this.running = false;
		Collection<Listener> all = this.listeners.values();
		return CompletableFuture.allOf(all.stream()
			.map((listener) -> stopped(listener.consumer()).toCompletableFuture())
			.toArray(CompletableFuture<?>[]::new));
	}

	/** A handler that ends the application is not waited for, as it waits for this. */
	private CompletionStage<?> stopped(MessageConsumer consumer) {
		CompletionStage<?> stopped = consumer.stop(this.grace);
		return consumer.isHandling() ? CompletableFuture.completedStage(null) : stopped;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

	private record Listener(ListenerDefinition definition, MessageConsumer consumer) {
	}

}
