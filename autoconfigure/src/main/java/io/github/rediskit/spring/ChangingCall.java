package io.github.rediskit.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.cache.RedisCaches;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method that changes what is cached.
 *
 * @param method what the annotations say
 * @param call the call, as expressions see it
 * @param caches the caches
 * @param next goes on to the method
 */
record ChangingCall(InvalidatingMethod method, Call call, RedisCaches caches, Next next) {

	@Nullable Object proceed() throws Throwable {
		return this.next.proceed();
	}

	void before() {
		carryOut(true, null);
	}

	void after(@Nullable Object result) {
		carryOut(false, result);
	}

	private void carryOut(boolean before, @Nullable Object result) {
		for (CacheInvalidation invalidation : this.method.invalidations()) {
			if (invalidation.before() == before) {
				invalidation.carryOut(this.caches, this.call, result);
			}
		}
	}

	/** Completed when it has happened. */
	CompletionStage<@Nullable Void> beforeAsync() {
		return carryOutAsync(true, null);
	}

	/** Completed when it has happened. */
	CompletionStage<@Nullable Void> afterAsync(@Nullable Object result) {
		return carryOutAsync(false, result);
	}

	/** Whoever goes on then, does not do so in the client's I/O thread. */
	private CompletionStage<@Nullable Void> carryOutAsync(boolean before, @Nullable Object result) {
		List<CompletableFuture<?>> sent = new ArrayList<>();
		for (CacheInvalidation invalidation : this.method.invalidations()) {
			if (invalidation.before() == before) {
				sent.add(invalidation.carryOutAsync(this.caches, this.call, result).toCompletableFuture());
			}
		}
		CompletableFuture<@Nullable Void> all = CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new));
		return all.isDone() ? all : all.thenRunAsync(() -> {
		}, this.caches.executor());
	}

	/** Whether anything depends on what the method yields. */
	boolean needsResult() {
		return this.method.invalidations().stream().anyMatch(CacheInvalidation::needsResult);
	}

	/** The rest of the call. */
	interface Next {

		@Nullable Object proceed() throws Throwable;

		static Next of(MethodInvocation invocation) {
			return invocation::proceed;
		}

	}

}
