package io.github.rediskit.spring;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.Loaded;
import io.github.rediskit.cache.Look;
import io.github.rediskit.cache.StoreTicket;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheOperationInvoker.ThrowableWrapper;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.util.ObjectUtils;

/**
 * A cache as one operation of one call of an annotated method sees it. Spring looks,
 * calls the method, and puts; so a miss draws a {@link StoreTicket}, and the put stores
 * only if nothing happened to the key since. A method that returns before it has ended
 * must not be blocked; for it nothing waits until Redis has confirmed.
 */
final class TicketedCache implements Cache {

	private final ReadThroughSpringCache cache;

	private final Kind kind;

	private volatile @Nullable Ticket ticket;

	TicketedCache(ReadThroughSpringCache cache, Kind kind) {
		this.cache = cache;
		this.kind = kind;
	}

	@Override
	public String getName() {
		return this.cache.getName();
	}

	@Override
	public Object getNativeCache() {
		return this.cache.getNativeCache();
	}

	@Override
	public @Nullable ValueWrapper get(Object key) {
		KeyId id = SpringCacheKey.id(key);
		Look<Object> look = this.cache.leased().look(id);
		if (look.isFound() && !look.isDue()) {
			return ReadThroughSpringCache.wrapper(look);
		}
		return isAnswered(id, look, ReadThroughSpringCache.await(look.ticket())) ? ReadThroughSpringCache.wrapper(look)
				: null;
	}

	@Override
	public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
		return this.cache.get(key, type);
	}

	/** Spring's interceptor expects what it would have thrown itself. */
	@Override
	public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
		return this.cache.load(key, valueLoader,
				(failure) -> (failure instanceof ThrowableWrapper) ? failure : new ThrowableWrapper(failure));
	}

	@Override
	public CompletableFuture<?> retrieve(Object key) {
		KeyId id = SpringCacheKey.id(key);
		LeasedCache<Object, Object> leased = this.cache.leased();
		return ReadThroughSpringCache.future(leased.lookAsync(id).thenCompose((look) -> found(id, look)));
	}

	private CompletionStage<@Nullable Object> found(KeyId id, Look<Object> look) {
		if (look.isFound() && !look.isDue()) {
			return CompletableFuture.completedStage(wrapper(look));
		}
		return look.ticket().thenApply((drawn) -> isAnswered(id, look, drawn) ? wrapper(look) : null);
	}

	private ValueWrapper wrapper(Look<Object> look) {
		return new SimpleValueWrapper(this.kind.returned(look.value()));
	}

	/** The one who gets the ticket of a value that is to be loaded again loads it. */
	private boolean isAnswered(KeyId id, Look<Object> look, StoreTicket<Object> drawn) {
		this.ticket = new Ticket(id, drawn);
		return look.isFound() && drawn.isVoid();
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
		return this.cache.retrieve(key, valueLoader).thenApply((value) -> (T) this.kind.returned(value));
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		if (!this.kind.loading()) {
			awaitUnlessAsynchronous(this.cache.putAsync(key, value));
			return;
		}
		Ticket drawn = this.ticket;
		if (drawn != null && drawn.id().equals(SpringCacheKey.id(key))) {
			awaitUnlessAsynchronous(drawn.ticket().store(Loaded.of(ObjectUtils.unwrapOptional(value))));
		}
	}

	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		return this.cache.putIfAbsent(key, value);
	}

	@Override
	public void evict(Object key) {
		awaitUnlessAsynchronous(this.cache.evictAsync(key));
	}

	/** Before the method runs its caller can wait. */
	@Override
	public boolean evictIfPresent(Object key) {
		return this.cache.evictIfPresent(key);
	}

	@Override
	public void clear() {
		awaitUnlessAsynchronous(this.cache.clearAsync());
	}

	@Override
	public boolean invalidate() {
		return this.cache.invalidate();
	}

	private void awaitUnlessAsynchronous(CompletionStage<Boolean> change) {
		if (!this.kind.asynchronous()) {
			ReadThroughSpringCache.await(change);
		}
	}

	private record Ticket(KeyId id, StoreTicket<Object> ticket) {
	}

	/**
	 * What distinguishes the calls of one operation of a method from those of others.
	 *
	 * @param loading whether a put stores what a miss made the method load; else it
	 * replaces what is there
	 * @param asynchronous whether the method returns before it has ended
	 * @param optional whether what then comes is an {@code Optional}
	 */
	record Kind(boolean loading, boolean asynchronous, boolean optional) {

		@Nullable Object returned(@Nullable Object value) {
			return this.optional ? Optional.ofNullable(value) : value;
		}

	}

}
