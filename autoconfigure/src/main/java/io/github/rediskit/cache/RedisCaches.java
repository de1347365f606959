package io.github.rediskit.cache;

import java.lang.reflect.Type;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.github.rediskit.codec.ValueCodecs;
import io.github.rediskit.key.KeyGlob;
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

	private final ValueFormats formats;

	private final CacheRegion.Services services;

	private final ScheduledThreadPoolExecutor timer;

	private final ThreadPoolExecutor executor;

	private final LoadThreads loadThreads;

	private final List<ThreadPoolExecutor> backgrounds = new CopyOnWriteArrayList<>();

	/**
	 * Creates the caches for an application without transactions, whose values are
	 * neither CBOR nor encrypted.
	 * @param redis the connection that they use
	 * @param keys where their keys lie
	 * @param codecs how their values become JSON
	 * @param settings each cache's settings by its name
	 * @param listeners what is told what happens
	 */
	public RedisCaches(RedisGateway redis, KeySpace keys, ValueCodecs codecs, Function<String, CacheSettings> settings,
			List<CacheListener> listeners) {
		this(redis, keys, ValueFormats.json(codecs), settings, listeners, Transactions.NONE, UnaryOperator.identity());
	}

	/**
	 * Creates the caches.
	 * @param redis the connection that they use
	 * @param keys where their keys lie
	 * @param formats how their values become bytes
	 * @param settings each cache's settings by its name
	 * @param listeners what is told what happens
	 * @param transactions the transactions of the callers
	 * @param context takes along what is bound to the current thread, for loads that go
	 * on in another one
	 */
	public RedisCaches(RedisGateway redis, KeySpace keys, ValueFormats formats,
			Function<String, CacheSettings> settings, List<CacheListener> listeners, Transactions transactions,
			UnaryOperator<Runnable> context) {
		this(redis, keys, formats, settings, listeners, transactions, context,
				new Sources(Clock.systemUTC(), System::nanoTime, new SecureRandom()));
	}

	RedisCaches(RedisGateway redis, KeySpace keys, ValueFormats formats, Function<String, CacheSettings> settings,
			List<CacheListener> listeners, Transactions transactions, UnaryOperator<Runnable> context,
			Sources sources) {
		this.formats = formats;
		this.settings = settings;
		this.timer = new ScheduledThreadPoolExecutor(1, daemons("rediskit-cache-timer"));
		this.timer.setRemoveOnCancelPolicy(true);
		int threads = Math.max(4, Runtime.getRuntime().availableProcessors());
		this.executor = new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				daemons("rediskit-cache-async"));
		this.executor.allowCoreThreadTimeOut(true);
		this.loadThreads = new LoadThreads(daemons("rediskit-cache-load"));
		ThreadFactory inBackground = daemons("rediskit-cache-background");
		this.services = new CacheRegion.Services(redis, keys, new CacheListeners(listeners), sources,
				new ServerClock(sources), new StoredSignals(redis, keys), this.timer, this.executor, this.loadThreads,
				() -> new BackgroundLoads(background(inBackground), context), transactions);
	}

	/** Threads that exist while there is something to load. */
	private ThreadPoolExecutor background(ThreadFactory factory) {
		ThreadPoolExecutor threads = new ThreadPoolExecutor(BACKGROUND_THREADS, BACKGROUND_THREADS, 30,
				TimeUnit.SECONDS, new LinkedBlockingQueue<>(BACKGROUND_QUEUE), factory);
		threads.allowCoreThreadTimeOut(true);
		this.backgrounds.add(threads);
		return threads;
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
		return (LeasedCache<K, V>) this.caches.computeIfAbsent(new TypedName(name, valueType), (key) -> {
			CacheRegion region = region(name);
			return new LeasedCache<K, V>(region,
					this.formats.format(key.type(), region.settings().storage(), region.store()::entryKey));
		});
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
	 * Removes all entries of a cache whose keys match a glob, whatever their type. It
	 * walks through the keys of the whole database: see
	 * {@link ReadThroughCache#invalidateMatching}.
	 * @param name the name of the cache
	 * @param glob which keys
	 */
	public void invalidateMatching(String name, String glob) {
		LeasedCache.joinQuietly(invalidateMatchingAsync(name, glob));
	}

	/**
	 * Removes all entries of a cache whose keys match a glob, without blocking.
	 * @param name the name of the cache
	 * @param glob which keys, as in {@link ReadThroughCache#invalidateMatching}
	 * @return completed when it is over, with whether Redis has confirmed it; else all
	 * entries are removed when they can be, or it waits for a commit
	 */
	public CompletionStage<Boolean> invalidateMatchingAsync(String name, String glob) {
		return region(name).invalidateMatching(KeyGlob.of(glob));
	}

	/**
	 * Checks the name of a cache, which need not exist yet.
	 * @param name the name
	 * @throws IllegalArgumentException if it can't be the name of a cache
	 */
	public void requireName(String name) {
		region(name);
	}

	/**
	 * Runs what goes on when an answer of Redis has come: not in the client's I/O thread,
	 * which must not be blocked.
	 * @return the executor of the steps of asynchronous calls
	 */
	public Executor executor() {
		return this.services.executor();
	}

	private CacheRegion region(String name) {
		CacheRegion known = this.regions.get(name);
		return (known != null) ? known : open(name);
	}

	private CacheRegion open(String name) {
		CacheRegion mine = new CacheRegion(name, this.settings.apply(name), this.services);
		CacheRegion other = this.regions.putIfAbsent(name, mine);
		if (other != null) {
			return other;
		}
		this.services.listener().opened(name);
		return mine;
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		this.executor.shutdown();
		this.loadThreads.close();
		this.backgrounds.forEach(ThreadPoolExecutor::shutdown);
	}

	private record TypedName(String name, Type type) {
	}

}
