package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.cache.CacheUpdate;
import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.Loaded;
import io.github.rediskit.cache.RedisCaches;
import io.github.rediskit.cache.StoreTicket;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ObjectUtils;

/**
 * What {@code @CacheUpdate} says.
 *
 * @param stored how what the method returns is stored
 * @param key the key of the entry
 * @param condition whether it happens, or {@code null} for always
 */
record CacheWriteThrough(StoredResult stored, KeyExpression key,
		@Nullable MethodExpression condition) implements CacheChange {

	/**
	 * Reads the annotation of a method.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @param expressions the annotation's expressions
	 * @param delivery how the method hands over what it returns
	 * @return what it says, or {@code null} if the method has none
	 */
	static @Nullable CacheWriteThrough read(Method method, Class<?> targetClass, MethodExpressions expressions,
			Delivery delivery) {
		CacheUpdate update = AnnotatedElementUtils.findMergedAnnotation(method, CacheUpdate.class);
		if (update == null) {
			return null;
		}
		ResolvableType returned = ResolvableType
			.forType(GenericTypeResolver.resolveType(method.getGenericReturnType(), targetClass));
		ResolvableType delivered = delivery.valueType(returned);
		CachedMethod.requireValue(expressions, returned, delivered, "use @CacheInvalidate");
		return new CacheWriteThrough(
				StoredResult.read(expressions, CacheUpdate.class, method, update.value(), delivered, update.ttl(),
						update.unless(), update.tags()),
				new KeyExpression(expressions.expression("key", update.key(), true)),
				expressions.expression("condition", update.condition(), false));
	}

	@Override
	public CompletionStage<? extends Begun> begin(RedisCaches caches, Call call) {
		if (this.condition != null && !this.condition.isTrue(call, null)) {
			return CompletableFuture.completedStage(Begun.DONE);
		}
		if (this.key.needsResult()) { // nothing can be announced
			return CompletableFuture.completedStage((Begun) (result) -> caches.invalidateAsync(cache(),
					this.key.id(call, ObjectUtils.unwrapOptional(result))));
		}
		LeasedCache<Object, Object> cache = this.stored.open(() -> caches);
		KeyId id = this.key.id(call, null);
		return cache.announceUpdate(id).thenApply((ticket) -> new Announced(this.stored, call, ticket));
	}

	@Override
	public boolean needsResult() {
		return true;
	}

	@Override
	public String cache() {
		return this.stored.cache();
	}

	private record Announced(StoredResult stored, Call call, StoreTicket<Object> ticket) implements Begun {

		@Override
		public CompletionStage<?> succeed(@Nullable Object result) {
			Loaded<Object> loaded = this.stored.loaded(this.call, result);
			return this.ticket.storeOrInvalidate(loaded);
		}

		@Override
		public CompletionStage<?> fail() {
			return this.ticket.giveUp();
		}

		@Override
		public CompletionStage<?> abandon() {
			return this.ticket.invalidate();
		}

	}

}
