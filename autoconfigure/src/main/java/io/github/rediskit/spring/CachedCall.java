package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.cache.BatchLoader;
import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.Loaded;
import io.github.rediskit.cache.Loader;
import io.github.rediskit.key.KeyId;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

/**
 * One call that a cache answers. The method may be called later than that, in another
 * thread, more than once or not at all.
 */
sealed interface CachedCall {

	/**
	 * Answers the call, in this thread.
	 * @param yields what becomes of what the method returns
	 * @return what the method's caller gets
	 * @throws Throwable what the method threw
	 */
	@Nullable Object answer(Yields yields) throws Throwable;

	/**
	 * Answers the call without blocking.
	 * @param yields what becomes of what the method returns
	 * @return completed with what the method yields to its caller
	 */
	CompletionStage<@Nullable Object> answerAsync(Yields yields);

	static CachedCall of(CachedMethod method, Call call, LeasedCache<Object, Object> cache,
			MethodInvocation invocation) {
		Invocations invocations = new Invocations(method, invocation);
		BatchMethod batch = method.batch();
		return (batch != null) ? new ForSeveral(method.stored(), batch, call, batch.keys(call), cache, invocations)
				: new ForOne(method.stored(), call, method.key().id(call, null), cache, invocations);
	}

	/**
	 * A call for one key.
	 */
	record ForOne(StoredResult stored, Call call, KeyId id, LeasedCache<Object, Object> cache,
			Invocations invocations) implements CachedCall {

		@Override
		public @Nullable Object answer(Yields yields) throws Throwable {
			return this.stored.returned(this.cache.get(this.id, loader(yields)));
		}

		@Override
		public CompletionStage<@Nullable Object> answerAsync(Yields yields) {
			return this.cache.getAsync(this.id, loader(yields)).thenApply(this.stored::returned);
		}

		private Loader<Object> loader(Yields yields) {
			return () -> yields.yielded(this.invocations.with(this.call.args()))
				.thenApply((value) -> this.stored.loaded(this.call, value));
		}

	}

	/**
	 * A call for several keys.
	 */
	record ForSeveral(StoredResult stored, BatchMethod batch, Call call, Map<KeyId, @Nullable Object> keys,
			LeasedCache<Object, Object> cache, Invocations invocations) implements CachedCall {

		@Override
		public @Nullable Object answer(Yields yields) throws Throwable {
			return returned(this.cache.getAll(this.keys.keySet(), loader(yields)));
		}

		@Override
		public CompletionStage<@Nullable Object> answerAsync(Yields yields) {
			return this.cache.getAllAsync(this.keys.keySet(), loader(yields)).thenApply(this::returned);
		}

		private Object returned(Map<KeyId, @Nullable Object> values) {
			return this.batch.returned(this.keys, values, this.stored::returned);
		}

		private BatchLoader<Object> loader(Yields yields) {
			return (missing) -> yields.yielded(this.invocations.with(arguments(missing)))
				.thenApply((returned) -> loaded(missing, returned));
		}

		private @Nullable Object[] arguments(Set<KeyId> missing) {
			List<@Nullable Object> keys = new ArrayList<>();
			missing.forEach((id) -> keys.add(this.keys.get(id)));
			return this.batch.arguments(this.call, keys);
		}

		/** What was not asked for is not taken; what is not there is absent. */
		private Map<KeyId, Loaded<Object>> loaded(Set<KeyId> missing, @Nullable Object returned) {
			Map<KeyId, Object> values = this.batch.values(this.call, returned);
			Map<KeyId, Loaded<Object>> result = new LinkedHashMap<>();
			missing.forEach((id) -> result.put(id, this.stored.loaded(this.call, values.get(id))));
			return result;
		}

	}

	/**
	 * What becomes of what a method returns.
	 */
	interface Yields {

		/**
		 * Calls the method and follows what it returns to its end.
		 * @param method calls the method
		 * @return completed with what it yields in the end
		 * @throws Throwable what the method threw
		 */
		CompletionStage<? extends @Nullable Object> yielded(Proceeding method) throws Throwable;

	}

	/**
	 * Goes on to the method.
	 */
	interface Proceeding {

		@Nullable Object proceed() throws Throwable;

		/**
		 * The method.
		 * @return the method
		 */
		Method method();

		/** For a method that returns something that yields a value later. */
		default Object proceedLater() throws Throwable {
			Object returned = proceed();
			if (returned == null) {
				throw new NullPointerException("%s returned null instead of a %s".formatted(method(),
						method().getReturnType().getSimpleName()));
			}
			return returned;
		}

	}

	/**
	 * Calls of the method; each by a copy, since an invocation can go on only once.
	 *
	 * @param method what the annotation says
	 * @param invocation the call, as the proxy sees it; left untouched
	 */
	record Invocations(CachedMethod method, MethodInvocation invocation) {

		Proceeding with(@Nullable Object[] arguments) {
			return new Invocation(this.method.method(), this.invocation, arguments);
		}

	}

	/**
	 * A call of the method.
	 *
	 * @param method the method
	 * @param original the call, as the proxy sees it
	 * @param arguments the arguments
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Invocation(Method method, MethodInvocation original, @Nullable Object[] arguments) implements Proceeding {

		@Override
		public @Nullable Object proceed() throws Throwable {
			if (this.original instanceof ProxyMethodInvocation own) {
				return own.invocableClone(this.arguments).proceed();
			}
			System.arraycopy(this.arguments, 0, this.original.getArguments(), 0, this.arguments.length);
			return this.original.proceed();
		}

	}

}
