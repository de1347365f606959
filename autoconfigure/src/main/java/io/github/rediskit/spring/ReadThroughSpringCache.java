package io.github.rediskit.spring;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.CacheLoadTimeoutException;
import io.github.rediskit.cache.CacheUnavailableException;
import io.github.rediskit.cache.CacheWaitException;
import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.Loaded;
import io.github.rediskit.cache.Look;
import io.github.rediskit.cache.ReadThroughCache;
import io.github.rediskit.cache.RedisCaches;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheOperationInvoker.ThrowableWrapper;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.util.ObjectUtils;

/**
 * A cache as Spring's abstraction sees it, over the same entries as {@code @Cached}. What
 * loads through it holds a lease. A plain {@link #put(Object, Object)} replaces whatever
 * is there, so it is for values that are known to be current; annotated methods do not
 * use it to store what they loaded (see {@link ReadThroughCacheResolver}).
 */
public final class ReadThroughSpringCache implements Cache {

	private final String name;

	private final Supplier<RedisCaches> redis;

	private final CacheValueTypes types;

	private volatile @Nullable LeasedCache<Object, Object> opened;

	ReadThroughSpringCache(String name, Supplier<RedisCaches> redis, CacheValueTypes types) {
		this.name = name;
		this.redis = redis;
		this.types = types;
	}

	/**
	 * Opened when the type of its values must be known: not to remove entries.
	 */
	LeasedCache<Object, Object> leased() {
		LeasedCache<Object, Object> known = this.opened;
		if (known == null) {
			known = this.redis.get().cache(this.name, this.types.of(this.name));
			this.opened = known;
		}
		return known;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public ReadThroughCache<Object, Object> getNativeCache() {
		return leased();
	}

	@Override
	public @Nullable ValueWrapper get(Object key) {
		return wrapper(leased().look(SpringCacheKey.id(key)));
	}

	static @Nullable ValueWrapper wrapper(Look<Object> look) {
		return look.isFound() ? new SimpleValueWrapper(look.value()) : null;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
		Object value = leased().look(SpringCacheKey.id(key)).value();
		if (value != null && type != null && !type.isInstance(value)) {
			throw new IllegalStateException("The cache '%s' holds a %s, not a %s".formatted(this.name,
					value.getClass().getName(), type.getName()));
		}
		return (T) value;
	}

	@Override
	public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
		return load(key, valueLoader, UnaryOperator.identity());
	}

	@SuppressWarnings("unchecked")
	<T> @Nullable T load(Object key, Callable<T> valueLoader, UnaryOperator<Throwable> cause) {
		AtomicReference<@Nullable Throwable> own = new AtomicReference<>();
		try {
			return (T) leased().get(SpringCacheKey.id(key),
					() -> CompletableFuture.completedStage(Loaded.of(call(valueLoader, own))));
		}
		catch (Throwable ex) {
			Throwable thrown = own.get();
			if (thrown == null && ex instanceof RuntimeException ofTheCache && (ex instanceof CacheWaitException
					|| ex instanceof CacheLoadTimeoutException || ex instanceof CacheUnavailableException)) {
				throw ofTheCache;
			}
			throw new ValueRetrievalException(key, valueLoader, (thrown != null) ? thrown : cause.apply(ex));
		}
	}

	/** Who shares the load is not to see how Spring wraps exceptions. */
	private static @Nullable Object call(Callable<?> valueLoader, AtomicReference<@Nullable Throwable> thrown)
			throws Throwable {
		try {
			return ObjectUtils.unwrapOptional(valueLoader.call());
		}
		catch (Throwable ex) {
			thrown.set(ex);
			throw unwrapped(ex);
		}
	}

	private static Throwable unwrapped(Throwable failure) {
		return (failure instanceof ThrowableWrapper wrapper) ? wrapper.getOriginal() : failure;
	}

	@Override
	public CompletableFuture<?> retrieve(Object key) {
		return future(leased().lookAsync(SpringCacheKey.id(key)).thenApply(ReadThroughSpringCache::wrapper));
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
		return (CompletableFuture<T>) future(leased().getAsync(SpringCacheKey.id(key), () -> {
			try {
				return valueLoader.get().thenApply((value) -> Loaded.of(ObjectUtils.unwrapOptional(value)));
			}
			catch (ThrowableWrapper ex) {
				throw ex.getOriginal();
			}
		}));
	}

	/**
	 * A future of the caller's own: it may cancel it, and its exception has no wrapper.
	 */
	static <T> CompletableFuture<@Nullable T> future(CompletionStage<? extends @Nullable T> stage) {
		CompletableFuture<@Nullable T> result = new CompletableFuture<>();
		stage.whenComplete((value, failure) -> {
			if (failure == null) {
				result.complete(value);
			}
			else {
				result.completeExceptionally((failure instanceof CompletionException && failure.getCause() != null)
						? failure.getCause() : failure);
			}
		});
		return result;
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		await(putAsync(key, value));
	}

	CompletionStage<Boolean> putAsync(Object key, @Nullable Object value) {
		return leased().putAsync(SpringCacheKey.id(key), Loaded.of(ObjectUtils.unwrapOptional(value)));
	}

	/** A load of a value that is there already, so that only one comes first. */
	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		AtomicBoolean absent = new AtomicBoolean();
		Object current = load(key, () -> {
			absent.set(true);
			return value;
		}, UnaryOperator.identity());
		return absent.get() ? null : new SimpleValueWrapper(current);
	}

	@Override
	public void evict(Object key) {
		await(evictAsync(key));
	}

	CompletionStage<Boolean> evictAsync(Object key) {
		return this.redis.get().invalidateAsync(this.name, SpringCacheKey.id(key));
	}

	@Override
	public boolean evictIfPresent(Object key) {
		boolean present = this.types.find(this.name) != null && get(key) != null;
		evict(key);
		return present;
	}

	@Override
	public void clear() {
		await(clearAsync());
	}

	CompletionStage<Boolean> clearAsync() {
		return this.redis.get().invalidateAllAsync(this.name);
	}

	static <T> T await(CompletionStage<T> stage) {
		return Objects.requireNonNull(stage.toCompletableFuture().join());
	}

}
