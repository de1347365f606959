package io.github.rediskit.spring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.RedisCaches;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ObjectUtils;

/**
 * What one {@code @CacheInvalidate} says.
 *
 * @param cache the name of the cache
 * @param target which entries are removed
 * @param before whether it happens before the method runs
 * @param condition whether it happens, or {@code null} for always
 */
record CacheInvalidation(String cache, Target target, boolean before,
		@Nullable MethodExpression condition) implements CacheChange {

	static CacheInvalidation read(CacheInvalidate annotation, MethodExpressions expressions) {
		boolean withResult = !annotation.beforeInvocation();
		List<String> given = new ArrayList<>();
		Stream
			.of(annotation.key().isEmpty() ? "" : "key", annotation.keys().isEmpty() ? "" : "keys",
					(annotation.tags().length == 0) ? "" : "tags", annotation.all() ? "all" : "")
			.filter((name) -> !name.isEmpty())
			.forEach(given::add);
		if (given.size() > 1) {
			throw expressions.invalid("%s exclude each other: leave one out, or write two annotations"
				.formatted(String.join(" and ", given)), null);
		}
		return new CacheInvalidation(expressions.text(annotation.value()), target(annotation, expressions, withResult),
				annotation.beforeInvocation(), expressions.expression("condition", annotation.condition(), withResult));
	}

	private static Target target(CacheInvalidate annotation, MethodExpressions expressions, boolean withResult) {
		if (annotation.all()) {
			return new All();
		}
		if (annotation.tags().length > 0) {
			return new Tagged(new TagExpressions(expressions.expressions("tags", annotation.tags(), withResult)));
		}
		MethodExpression keys = expressions.expression("keys", annotation.keys(), withResult);
		return (keys != null) ? new Several(keys)
				: new One(new KeyExpression(expressions.expression("key", annotation.key(), withResult)));
	}

	@Override
	public CompletionStage<Begun> begin(RedisCaches caches, Call call) {
		if (this.before) {
			return carryOut(caches, call, null).thenApply((done) -> Begun.DONE);
		}
		return CompletableFuture.completedStage(new Awaited(this, caches, call));
	}

	private record Awaited(CacheInvalidation invalidation, RedisCaches caches, Call call) implements Begun {

		@Override
		public CompletionStage<?> succeed(@Nullable Object result) {
			return this.invalidation.carryOut(this.caches, this.call, ObjectUtils.unwrapOptional(result));
		}

		/** What depends on the result can't be known. */
		@Override
		public CompletionStage<?> abandon() {
			return this.invalidation.needsResult() ? Begun.super.abandon() : succeed(null);
		}

	}

	private CompletionStage<?> carryOut(RedisCaches caches, Call call, @Nullable Object value) {
		boolean applies = this.condition == null || this.condition.isTrue(call, value);
		return applies ? this.target.invalidate(caches, this.cache, call, value)
				: CompletableFuture.completedStage(true);
	}

	@Override
	public boolean needsResult() {
		return this.target.needsResult() || (this.condition != null && this.condition.needsResult());
	}

	/**
	 * Which entries are removed.
	 */
	sealed interface Target {

		CompletionStage<?> invalidate(RedisCaches caches, String cache, Call call, @Nullable Object result);

		boolean needsResult();

	}

	/**
	 * All entries.
	 */
	record All() implements Target {

		@Override
		public CompletionStage<?> invalidate(RedisCaches caches, String cache, Call call, @Nullable Object result) {
			return caches.invalidateAllAsync(cache);
		}

		@Override
		public boolean needsResult() {
			return false;
		}

	}

	/**
	 * The entry of a key.
	 *
	 * @param key the key
	 */
	record One(KeyExpression key) implements Target {

		@Override
		public CompletionStage<?> invalidate(RedisCaches caches, String cache, Call call, @Nullable Object result) {
			return caches.invalidateAsync(cache, this.key.id(call, result));
		}

		@Override
		public boolean needsResult() {
			return this.key.needsResult();
		}

	}

	/**
	 * The entries of several keys.
	 *
	 * @param keys the keys
	 */
	record Several(MethodExpression keys) implements Target {

		@Override
		public CompletionStage<?> invalidate(RedisCaches caches, String cache, Call call, @Nullable Object result) {
			return together(keys(call, result).stream().map((key) -> caches.invalidateAsync(cache, KeyId.of(key))));
		}

		private Collection<?> keys(Call call, @Nullable Object result) {
			Object value = this.keys.evaluate(call, result);
			if (value instanceof Collection<?> several) {
				return several;
			}
			if (ObjectUtils.isArray(value)) {
				return Arrays.asList(ObjectUtils.toObjectArray(value));
			}
			throw new IllegalStateException("The keys '%s' on %s yield %s: it must be a collection or an array"
				.formatted(this.keys, call.method(), (value != null) ? value.getClass().getName() : "null"));
		}

		@Override
		public boolean needsResult() {
			return this.keys.needsResult();
		}

	}

	/**
	 * The entries that have one of some tags.
	 *
	 * @param tags the tags
	 */
	record Tagged(TagExpressions tags) implements Target {

		@Override
		public CompletionStage<?> invalidate(RedisCaches caches, String cache, Call call, @Nullable Object result) {
			return together(this.tags.tags(call, result).stream().map((tag) -> caches.invalidateTagAsync(cache, tag)));
		}

		@Override
		public boolean needsResult() {
			return this.tags.needResult();
		}

	}

	private static CompletionStage<?> together(Stream<CompletionStage<Boolean>> sent) {
		return CompletableFuture
			.allOf(sent.map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new));
	}

}
