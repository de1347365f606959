package io.github.rediskit.pubsub;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.rediskit.messaging.ListenerFailure;
import io.github.rediskit.messaging.PubSubListener;
import io.github.rediskit.messaging.SubscriptionGapEvent;
import io.github.rediskit.messaging.SubscriptionGapEvent.Cause;
import io.github.rediskit.redis.PubSubLink;
import io.github.rediskit.redis.PubSubLinkListener;
import io.github.rediskit.redis.PubSubLinkSettings;
import io.github.rediskit.redis.RediskitConnectionFactory;
import io.github.rediskit.redis.Subscribed;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.DefaultMessage;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.listener.PatternTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.listener.Topic;
import org.springframework.util.Assert;
import org.springframework.util.ErrorHandler;
import org.springframework.util.backoff.BackOff;

/**
 * Spring Data's container for listeners, with another way to them: subscriptions that
 * live on whatever happens to their connection, a bounded queue for each listener, the
 * messages of a channel in their order, and a stop that finishes what was received. It
 * starts while Redis is away.
 * <p>
 * Everybody who knows {@link RedisMessageListenerContainer} may use it. An executor or a
 * topic serializer that is set on it is not used.
 */
public class RediskitListenerContainer extends RedisMessageListenerContainer {

	private static final long GAP_PAUSE_MILLIS = 1000;

	private static final long CLOSE_MILLIS = 500;

	private final RediskitConnectionFactory connections;

	private final ListenerServices services;

	private final Map<MessageListener, ListenerQueue> listeners = new ConcurrentHashMap<>();

	private final Map<Subscribed, List<ListenerQueue>> routes = new ConcurrentHashMap<>();

	/** Queues of listeners that were removed and have messages to finish. */
	private final Set<ListenerQueue> leaving = ConcurrentHashMap.newKeySet();

	private PubSubLinkSettings linkSettings;

	private @Nullable ErrorHandler ownErrorHandler;

	private volatile @Nullable PubSubLink link;

	private volatile boolean running;

	/**
	 * Creates the container.
	 * @param connections where it subscribes
	 * @param link how its connection is kept
	 * @param services what listeners need
	 */
	public RediskitListenerContainer(RediskitConnectionFactory connections, PubSubLinkSettings link,
			ListenerServices services) {
		this.connections = connections;
		this.linkSettings = link;
		this.services = services;
		super.setConnectionFactory(connections);
	}

	/**
	 * Sets the pauses between attempts to connect.
	 * @param recovery begins anew with each outage
	 */
	@Override
	public void setRecoveryBackoff(BackOff recovery) {
		Assert.notNull(recovery, "The back-off must not be null");
		PubSubLinkSettings settings = this.linkSettings;
		this.linkSettings = new PubSubLinkSettings(settings.pingInterval(), settings.patience(), settings.sharded(),
				recovery::start, settings.clock());
	}

	/**
	 * Sets what is told of failures of this container's listeners, instead of the
	 * application's handler.
	 * @param errorHandler is given what a listener threw
	 */
	@Override
	public void setErrorHandler(ErrorHandler errorHandler) {
		this.ownErrorHandler = errorHandler;
	}

	@Override
	public void start() {
		synchronized (this) {
			if (this.running) {
				return;
			}
			this.running = true;
		}
		await(subscribe(Set.copyOf(this.routes.keySet())));
	}

	private String connectionName() {
		return this.connections.connectionName();
	}

	private CompletionStage<@Nullable Void> subscribe(Collection<Subscribed> topics) {
		PubSubLink link = topics.isEmpty() ? null : openLink();
		return (link != null) ? link.subscribe(topics) : CompletableFuture.completedStage(null);
	}

	/** Without a listener there is neither a connection nor a thread. */
	private synchronized @Nullable PubSubLink openLink() {
		if (this.running && this.link == null) {
			this.link = new PubSubLink("rediskit-pubsub-" + connectionName(), this.connections::openPubSubConnection,
					this.linkSettings, new Link());
		}
		return this.link;
	}

	/** What is published after a start is received, unless Redis is away. */
	private void await(CompletionStage<?> subscribed) {
		try {
			subscribed.toCompletableFuture().get(getMaxSubscriptionRegistrationWaitingTime(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			this.logger
				.warn("The subscriptions on the Redis connection '%s' are not active yet".formatted(connectionName()));
		}
	}

	@Override
	public void addMessageListener(MessageListener listener, Collection<? extends Topic> topics) {
		Assert.notNull(listener, "The listener must not be null");
		Assert.notEmpty(topics, "A listener needs a topic");
		Set<Subscribed> added = ConcurrentHashMap.newKeySet();
		synchronized (this) {
			ListenerQueue queue = this.listeners.computeIfAbsent(listener, this::queue);
			for (Topic topic : topics) {
				queue.topics.add(topic);
				Subscribed subscribed = subscribed(topic);
				List<ListenerQueue> route = this.routes.computeIfAbsent(subscribed,
						(first) -> new CopyOnWriteArrayList<>());
				if (!route.contains(queue)) {
					route.add(queue);
				}
				added.add(subscribed);
			}
		}
		if (this.running) {
			await(subscribe(added));
		}
	}

	private ListenerQueue queue(MessageListener listener) {
		String id = idOf(listener);
		this.services.listeners().get().forEach((told) -> told.added(id, () -> queued(id)));
		return new ListenerQueue(id, listener, this.services, this::overflown, this::failed);
	}

	private int queued(String id) {
		return this.listeners.values()
			.stream()
			.filter((queue) -> queue.id().equals(id))
			.mapToInt(ListenerQueue::queued)
			.sum();
	}

	private static String idOf(MessageListener listener) {
		if (listener instanceof IdentifiedListener identified) {
			return identified.listenerId();
		}
		Class<?> type = listener.getClass();
		return (type.isHidden() || type.isAnonymousClass()) ? "listener" : type.getSimpleName();
	}

	private Subscribed subscribed(Topic topic) {
		byte[] name = this.services.channels().inRedis(topic.getTopic());
		return (topic instanceof PatternTopic) ? new Subscribed.Pattern(name) : new Subscribed.Channel(name);
	}

	@Override
	public void addMessageListener(MessageListener listener, Topic topic) {
		addMessageListener(listener, Set.of(topic));
	}

	@Override
	public void setMessageListeners(Map<? extends MessageListener, Collection<? extends Topic>> listeners) {
		Set.copyOf(this.listeners.keySet()).forEach(this::removeMessageListener);
		listeners.forEach(this::addMessageListener);
	}

	@Override
	public void removeMessageListener(MessageListener listener) {
		removeMessageListener(listener, Set.of());
	}

	@Override
	public void removeMessageListener(MessageListener listener, Topic topic) {
		removeMessageListener(listener, Set.of(topic));
	}

	/** What was received is still handled. */
	@Override
	public void removeMessageListener(MessageListener listener, Collection<? extends Topic> topics) {
		Set<Subscribed> removed = ConcurrentHashMap.newKeySet();
		synchronized (this) {
			ListenerQueue queue = this.listeners.get(listener);
			if (queue == null) {
				return;
			}
			Collection<? extends Topic> leaving = topics.isEmpty() ? Set.copyOf(queue.topics) : topics;
			for (Topic topic : leaving) {
				queue.topics.remove(topic);
				Subscribed subscribed = subscribed(topic);
				List<ListenerQueue> route = this.routes.get(subscribed);
				if (route != null && route.remove(queue) && route.isEmpty()) {
					this.routes.remove(subscribed);
					removed.add(subscribed);
				}
			}
			if (queue.topics.isEmpty()) {
				this.listeners.remove(listener);
				leave(queue);
			}
		}
		PubSubLink current = this.link;
		if (current != null && !removed.isEmpty()) {
			current.unsubscribe(removed);
		}
	}

	private CompletionStage<?> leave(ListenerQueue queue) {
		this.leaving.add(queue);
		return queue.close().thenRun(() -> this.leaving.remove(queue));
	}

	private void received(byte @Nullable [] pattern, byte[] channel, byte[] body) {
		List<ListenerQueue> route = this.routes
			.get((pattern != null) ? new Subscribed.Pattern(pattern) : new Subscribed.Channel(channel));
		if (route != null) {
			byte[] name = plain(channel);
			Message message = new DefaultMessage(name, body);
			route.forEach((queue) -> queue.offer(message, (pattern != null) ? plain(pattern) : name));
		}
	}

	private byte[] plain(byte[] name) {
		return this.services.channels().withoutPrefix(name);
	}

	private void failed(ListenerFailure failure) {
		ErrorHandler own = this.ownErrorHandler;
		if (own != null) {
			own.handleError(failure.cause());
		}
		else {
			this.services.errorHandler().handle(failure);
		}
	}

	/** Told once a second at most, with what was dropped since. */
	private void overflown(ListenerQueue queue) {
		CompletableFuture.delayedExecutor(GAP_PAUSE_MILLIS, TimeUnit.MILLISECONDS, this.services.executor())
			.execute(() -> {
				SubscriptionGapEvent gap = queue.takeGap(connectionName());
				if (gap != null) {
					tell(gap);
				}
			});
	}

	private void tell(SubscriptionGapEvent gap) {
		this.logger.warn((gap.cause() == Cause.INTERRUPTED) ? "The subscriptions are active again. " + gap : gap);
		this.services.listeners().get().forEach((told) -> told.gap(gap));
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isListening() {
		PubSubLink current = this.link;
		return current != null && current.isActive();
	}

	@Override
	public void stop() {
		CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
		stop(() -> stopped.complete(null));
		Duration longest = this.services.drainTimeout().plusMillis(2 * CLOSE_MILLIS);
		stopped.completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS).join();
	}

	/**
	 * Receives no more messages, and finishes those that were received, as long as the
	 * time to drain allows.
	 */
	@Override
	public void stop(Runnable callback) {
		PubSubLink ended;
		Set<ListenerQueue> waiting = new HashSet<>();
		synchronized (this) {
			ended = this.link;
			this.link = null;
			this.running = false;
			waiting.addAll(this.leaving);
			waiting.addAll(this.listeners.values());
		}
		// a listener that ends the application is not waited for, as it waits for this
		waiting.removeIf((queue) -> !queue.isHandling());
		CompletableFuture<?> closed = (ended == null) ? CompletableFuture.completedFuture(null)
				: ended.close().toCompletableFuture().copy().orTimeout(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
		closed.exceptionally((failure) -> null)
			.thenCompose((ignored) -> drain(waiting))
			.whenComplete((ignored, failure) -> callback.run());
	}

	/** A listener stays, with a new queue, for the next start. */
	private CompletionStage<?> drain(Set<ListenerQueue> waiting) {
		CompletableFuture<?>[] drained;
		synchronized (this) {
			this.routes.clear();
			this.listeners.values().forEach(this::leave);
			drained = this.leaving.stream()
				.filter((queue) -> !waiting.contains(queue))
				.map((queue) -> queue.close().toCompletableFuture())
				.toArray(CompletableFuture<?>[]::new);
			this.listeners.replaceAll((listener, old) -> {
				ListenerQueue next = queue(listener);
				next.topics.addAll(old.topics);
				next.topics.forEach((topic) -> this.routes
					.computeIfAbsent(subscribed(topic), (first) -> new CopyOnWriteArrayList<>())
					.add(next));
				return next;
			});
		}
		return CompletableFuture.allOf(drained)
			.orTimeout(this.services.drainTimeout().toMillis(), TimeUnit.MILLISECONDS)
			.exceptionally((late) -> {
				abandon();
				return null;
			});
	}

	private void abandon() {
		int dropped = this.leaving.stream().mapToInt(ListenerQueue::abandon).sum();
		this.leaving.clear();
		this.logger
			.warn(("The listeners of the Redis connection '%s' did not finish within %d ms: %d messages that had "
					+ "been received were dropped")
				.formatted(connectionName(), this.services.drainTimeout().toMillis(), dropped));
	}

	@Override
	public void destroy() throws Exception {
		stop();
		super.destroy();
	}

	/**
	 * What the subscriptions tell, which comes on threads that must not be blocked.
	 */
	private final class Link implements PubSubLinkListener {

		@Override
		public void message(byte @Nullable [] pattern, byte[] channel, byte[] message) {
			received(pattern, channel, message);
		}

		@Override
		public void interrupted(String reason) {
			RediskitListenerContainer.this.logger
				.warn("The subscriptions to %s on the Redis connection '%s' are not active, which is tried again: %s"
					.formatted(names(), connectionName(), reason));
		}

		@Override
		public void gaveUp(String reason) {
			RediskitListenerContainer.this.logger.error(
					"The subscriptions to %s on the Redis connection '%s' are not tried again, as spring.data.redis.listener.recovery.max-retries says: %s"
						.formatted(names(), connectionName(), reason));
		}

		@Override
		public void restored(Instant since, Instant until) {
			SubscriptionGapEvent gap = new SubscriptionGapEvent(connectionName(), Cause.INTERRUPTED, null, names(false),
					names(true), since, until, 0);
			RediskitListenerContainer.this.services.executor().execute(() -> tell(gap));
		}

		@Override
		public void refused(Subscribed topic, String reason) {
			RediskitListenerContainer.this.logger
				.error("Redis refused to subscribe to '%s' on the connection '%s', so its listeners get nothing: %s"
					.formatted(RediskitListenerContainer.this.services.channels().inApplication(topic.name().array()),
							connectionName(), reason));
		}

		private Set<String> names() {
			Set<String> names = names(false);
			names.addAll(names(true));
			return names;
		}

		private Set<String> names(boolean patterns) {
			Set<String> names = new TreeSet<>();
			RediskitListenerContainer.this.listeners.values().forEach((queue) -> names.addAll(queue.names(patterns)));
			return names;
		}

	}

}
