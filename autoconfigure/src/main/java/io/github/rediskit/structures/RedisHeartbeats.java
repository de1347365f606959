package io.github.rediskit.structures;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeats in Redis, whose clock decides.
 *
 * <pre>
 * shop:heartbeat:worker:{worker}           sorted set: ids by the millisecond at which they are missed
 * shop:heartbeat-details:worker:{worker}   hash: details by id
 * </pre>
 *
 * Members that are missed stay for an hour, for those who watch. Both keys live an hour
 * longer than the last member.
 */
public final class RedisHeartbeats implements AsyncHeartbeats, AutoCloseable {

	/** What a stop waits for Redis. */
	private static final long LEAVING_MILLIS = 500;

	private final RedisGateway redis;

	private final KeySpace keys;

	private final HeartbeatSettings settings;

	private final HeartbeatListener listener;

	private final LongSupplier nanoTime;

	private final ScheduledThreadPoolExecutor timer;

	/** At most one thread for each watch, and none while nobody is missed. */
	private final ExecutorService callbacks;

	private final Map<Member, KeptHeartbeat> kept = new ConcurrentHashMap<>();

	private final Set<GroupWatch> watches = ConcurrentHashMap.newKeySet();

	private volatile boolean running = true;

	/**
	 * Creates the heartbeats, which may beat at once.
	 * @param redis the connection that they use
	 * @param keys where they lie
	 * @param settings what holds for them
	 * @param listeners what is told what happens
	 */
	public RedisHeartbeats(RedisGateway redis, KeySpace keys, HeartbeatSettings settings,
			List<HeartbeatListener> listeners) {
		this(redis, keys, settings, listeners, System::nanoTime);
	}

	RedisHeartbeats(RedisGateway redis, KeySpace keys, HeartbeatSettings settings, List<HeartbeatListener> listeners,
			LongSupplier nanoTime) {
		this.redis = redis;
		this.keys = keys;
		this.settings = settings;
		this.listener = new HeartbeatListeners(listeners);
		this.nanoTime = nanoTime;
		this.timer = new ScheduledThreadPoolExecutor(1, daemon("rediskit-heartbeats"));
		this.timer.setRemoveOnCancelPolicy(true);
		this.callbacks = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
				daemon("rediskit-missed-beats"));
	}

	private static ThreadFactory daemon(String name) {
		return (task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};
	}

	private GroupScripts group(String group) {
		return new GroupScripts(this.redis, this.keys, group, this.settings.ttlMillis(group));
	}

	@Override
	public CompletionStage<@Nullable Void> beat(String group, String id, Map<String, String> details) {
		GroupScripts scripts = group(group);
		return scripts.beat(scripts.said(id, details)).thenAccept((was) -> {
		});
	}

	@Override
	public CompletionStage<Boolean> leave(String group, String id) {
		return group(group).leave(id);
	}

	@Override
	public Heartbeat keepBeating(String group, String id, Map<String, String> details) {
		Member member = new Member(group, id);
		KeptHeartbeat heartbeat = new KeptHeartbeat(group(group), id, details, this.listener, this.timer,
				() -> this.kept.remove(member));
		if (this.kept.putIfAbsent(member, heartbeat) != null) {
			throw new IllegalStateException(
					"'%s' of the group '%s' is kept alive here already: close that heartbeat first, or use another id"
						.formatted(id, group));
		}
		if (this.running) {
			heartbeat.start();
		}
		return heartbeat;
	}

	@Override
	public CompletionStage<Map<String, Map<String, String>>> alive(String group) {
		return group(group).alive();
	}

	@Override
	public CompletionStage<Long> count(String group) {
		return group(group).count();
	}

	@Override
	public HeartbeatWatch watch(String group, Consumer<MissedBeatEvent> action) {
		GroupWatch watch = new GroupWatch(group(group), action, this.listener, this.timer, this.callbacks,
				this.nanoTime, this.watches::remove);
		this.watches.add(watch);
		if (this.running) {
			watch.start();
		}
		return watch;
	}

	/** Goes on after {@link #stop()}. */
	public void start() {
		this.running = true;
		this.kept.values().forEach(KeptHeartbeat::start);
		this.watches.forEach(GroupWatch::start);
	}

	/**
	 * Stops to beat and to watch. Members that are kept alive leave, until
	 * {@link #start()}.
	 * @return completed when they have left, or Redis has not answered for half a second
	 */
	public CompletionStage<?> stop() {
		this.running = false;
		this.watches.forEach(GroupWatch::stop);
		return CompletableFuture
			.allOf(this.kept.values()
				.stream()
				.map((heartbeat) -> heartbeat.stop().toCompletableFuture())
				.toArray(CompletableFuture<?>[]::new))
			.orTimeout(LEAVING_MILLIS, TimeUnit.MILLISECONDS)
			.handle((left, failure) -> null);
	}

	@Override
	public void close() {
		stop().toCompletableFuture().join();
		this.timer.shutdownNow();
		this.callbacks.shutdown();
	}

	private record Member(String group, String id) {
	}

}
