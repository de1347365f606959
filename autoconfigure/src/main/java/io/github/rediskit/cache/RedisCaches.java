package io.github.rediskit.cache;

import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.github.rediskit.codec.ValueCodecs;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;

/**
 * The caches of one application in Redis, made when they are first asked for.
 */
public final class RedisCaches implements Caches, AutoCloseable {

	private static final int BACKGROUND_THREADS = 16;

	private static final int BACKGROUND_QUEUE = 256;

	private final ConcurrentMap<String, CacheRegion> regions = new ConcurrentHashMap<>();

	private final ConcurrentMap<TypedName, LeasedCache<?, ?>> caches = new ConcurrentHashMap<>();

	private final Function<String, CacheSettings> settings;

	private final ValueCodecs codecs;

	private final CacheRegion.Services services;

	private final ScheduledThreadPoolExecutor timer;

	private final ThreadPoolExecutor executor;

	private final ThreadPoolExecutor background;

	/**
	 * Creates the caches for an application without transactions.
	 * @param redis the connection that they use
	 * @param keys where their keys lie
	 * @param codecs how their values become bytes
	 * @param settings each cache's settings by its name
	 * @param listeners what is told what happens
	 */
	public RedisCaches(RedisGateway redis, KeySpace keys, ValueCodecs codecs, Function<String, CacheSettings> settings,
			List<CacheListener> listeners) {
		this(redis, keys, codecs, settings, listeners, Transactions.NONE, UnaryOperator.identity());
	}

	/**
	 * Creates the caches.
	 * @param redis the connection that they use
	 * @param keys where their keys lie
	 * @param codecs how their values become bytes
	 * @param settings each cache's settings by its name
	 * @param listeners what is told what happens
	 * @param transactions the transactions of the callers
	 * @param context takes along what is bound to the current thread, for loads that go
	 * on in another one
	 */
	public RedisCaches(RedisGateway redis, KeySpace keys, ValueCodecs codecs, Function<String, CacheSettings> settings,
			List<CacheListener> listeners, Transactions transactions, UnaryOperator<Runnable> context) {
		this(redis, keys, codecs, settings, listeners, transactions, context,
				new Sources(Clock.systemUTC(), System::nanoTime, new SecureRandom()));
	}

	RedisCaches(RedisGateway redis, KeySpace keys, ValueCodecs codecs, Function<String, CacheSettings> settings,
			List<CacheListener> listeners, Transactions transactions, UnaryOperator<Runnable> context,
			Sources sources) {
		this.codecs = codecs;
		this.settings = settings;
		this.timer = new ScheduledThreadPoolExecutor(1, daemons("rediskit-cache-timer"));
		this.timer.setRemoveOnCancelPolicy(true);
		int threads = Math.max(4, Runtime.getRuntime().availableProcessors());
		this.executor = new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				daemons("rediskit-cache-async"));
		this.executor.allowCoreThreadTimeOut(true);
		this.background = new ThreadPoolExecutor(BACKGROUND_THREADS, BACKGROUND_THREADS, 30, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(BACKGROUND_QUEUE), daemons("rediskit-cache-background"));
		this.background.allowCoreThreadTimeOut(true);
		this.services = new CacheRegion.Services(redis, keys, new CacheListeners(listeners), sources,
				new ServerClock(sources), new StoredSignals(redis, keys), this.timer, this.executor,
				new BackgroundLoads(this.background, context), transactions);
	}

	private static ThreadFactory daemons(String name) {
		AtomicInteger number = new AtomicInteger();
		return (task) -> {
			Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		};
	}

	@Override
	public <K, V> ReadThroughCache<K, V> cache(String name, Class<V> valueType) {
		return cache(name, (Type) valueType);
	}

	/**
	 * A cache of values of one type, with its generics.
	 * @param <K> the type of its keys
	 * @param <V> the type of its values
	 * @param name the name of the cache
	 * @param valueType the declared type of its values
	 * @return the cache
	 * @throws IllegalArgumentException if the name or the type is not possible
	 */
	@SuppressWarnings("unchecked") // a cache is kept under the type of its values
	public <K, V> LeasedCache<K, V> cache(String name, Type valueType) {
		return (LeasedCache<K, V>) this.caches.computeIfAbsent(new TypedName(name, boxed(valueType)),
				(key) -> new LeasedCache<K, V>(region(name), this.codecs.codec(key.type())));
	}

	/**
	 * A method that returns {@code long} shares its entries with one that returns
	 * {@code Long}.
	 */
	private static Type boxed(Type type) {
		return (type instanceof Class<?> primitive && primitive.isPrimitive())
				? MethodType.methodType(primitive).wrap().returnType() : type;
	}

	/**
	 * Removes an entry of a cache, whatever its type.
	 * @param name the name of the cache
	 * @param id the key
	 */
	public void invalidate(String name, KeyId id) {
		LeasedCache.joinQuietly(invalidateAsync(name, id));
	}

	/**
	 * Removes an entry of a cache, whatever its type, without blocking.
	 * @param name the name of the cache
	 * @param id the key
	 * @return completed with whether Redis has confirmed it; else it is repeated, or
	 * waits for a commit
	 */
	public CompletionStage<Boolean> invalidateAsync(String name, KeyId id) {
		return region(name).invalidate(id);
	}

	/**
	 * Removes all entries of a cache, whatever their type.
	 * @param name the name of the cache
	 */
	public void invalidateAll(String name) {
		LeasedCache.joinQuietly(invalidateAllAsync(name));
	}

	/**
	 * Removes all entries of a cache, whatever their type, without blocking.
	 * @param name the name of the cache
	 * @return completed with whether Redis has confirmed it; else it is repeated, or
	 * waits for a commit
	 */
	public CompletionStage<Boolean> invalidateAllAsync(String name) {
		return region(name).invalidateAll();
	}

	/**
	 * Removes all entries of a cache that have a tag, whatever their type.
	 * @param name the name of the cache
	 * @param tag the tag
	 */
	public void invalidateTag(String name, String tag) {
		LeasedCache.joinQuietly(invalidateTagAsync(name, tag));
	}

	/**
	 * Removes all entries of a cache that have a tag, without blocking.
	 * @param name the name of the cache
	 * @param tag the tag
	 * @return completed with whether Redis has confirmed it; else all are removed when it
	 * can be, or it waits for a commit
	 */
	public CompletionStage<Boolean> invalidateTagAsync(String name, String tag) {
		return region(name).invalidateTag(tag);
	}

	/**
	 * Checks the name of a cache, which need not exist yet.
	 * @param name the name
	 * @throws IllegalArgumentException if it can't be the name of a cache
	 */
	public void requireName(String name) {
		region(name);
	}

	private CacheRegion region(String name) {
		return this.regions.computeIfAbsent(name,
				(key) -> new CacheRegion(key, this.settings.apply(key), this.services));
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		this.executor.shutdown();
		this.background.shutdown();
	}

	private record TypedName(String name, Type type) {
	}

}
