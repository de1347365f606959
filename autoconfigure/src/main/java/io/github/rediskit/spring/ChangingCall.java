package io.github.rediskit.spring;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.github.rediskit.cache.RedisCaches;
import io.github.rediskit.spring.CacheChange.Begun;
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
record ChangingCall(ChangingMethod method, Call call, RedisCaches caches, Next next) {

	@Nullable Object proceed() throws Throwable {
		return this.next.proceed();
	}

	/** What must have happened before the method runs, sent in this thread. */
	CompletionStage<Changes> begin() {
		List<CompletableFuture<Begun>> begun = this.method.changes()
			.stream()
			.map((change) -> change.begin(this.caches, this.call)
				.<Begun>thenApply(Function.identity())
				.toCompletableFuture())
			.toList();
		return all(begun)
			.thenApply((done) -> new Changes(begun.stream().map(CompletableFuture::join).toList(), this.caches));
	}

	/** The same, for who does not go on in the client's I/O thread. */
	CompletionStage<Changes> beginAsync() {
		CompletableFuture<Changes> begun = begin().toCompletableFuture();
		return begun.isDone() ? begun : begun.thenApplyAsync(Function.identity(), this.caches.executor());
	}

	/** Whether anything depends on what the method yields. */
	boolean needsResult() {
		return this.method.changes().stream().anyMatch(CacheChange::needsResult);
	}

	private static CompletableFuture<@Nullable Void> all(List<? extends CompletableFuture<?>> sent) {
		return CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new));
	}

	/**
	 * The changes that have begun.
	 *
	 * @param begun each of them
	 * @param caches the caches
	 */
	record Changes(List<Begun> begun, RedisCaches caches) {

		/** What happens when the method has returned, sent in this thread. */
		CompletionStage<@Nullable Void> succeed(@Nullable Object result) {
			return all(this.begun.stream().map((change) -> succeed(change, result)).toList());
		}

		/** That one can't be evaluated keeps no other from happening. */
		private static CompletableFuture<?> succeed(Begun change, @Nullable Object result) {
			try {
				return change.succeed(result).toCompletableFuture();
			}
			catch (RuntimeException ex) {
				return CompletableFuture.failedFuture(ex);
			}
		}

		/** What happens when the method has thrown. */
		CompletionStage<@Nullable Void> fail() {
			return all(this.begun.stream().map((change) -> change.fail().toCompletableFuture()).toList());
		}

		/** What happens when nobody wants to know how the method ends. */
		void abandon() {
			this.begun.forEach(Begun::abandon);
		}

		/** Whoever goes on then, does not do so in the client's I/O thread. */
		CompletionStage<@Nullable Void> succeedAsync(@Nullable Object result) {
			CompletableFuture<@Nullable Void> all = succeed(result).toCompletableFuture();
			return all.isDone() ? all : all.thenRunAsync(() -> {
			}, this.caches.executor());
		}

	}

	/** The rest of the call. */
	interface Next {

		@Nullable Object proceed() throws Throwable;

		static Next of(MethodInvocation invocation) {
			return invocation::proceed;
		}

	}

}
