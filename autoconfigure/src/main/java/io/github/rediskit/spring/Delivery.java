package io.github.rediskit.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;

/**
 * How a method hands over its value: at once, by a future, or by a publisher. It decides
 * when a call is carried out and what is waited for; what is done about the call is the
 * same for all.
 */
sealed interface Delivery permits AtOnce, ByFuture, ByPublisher {

	/**
	 * The type of what is handed over.
	 * @param declared the type that the method returns
	 * @return the type of the value; a publisher of many yields a list
	 */
	ResolvableType valueType(ResolvableType declared);

	/**
	 * Answers a call from a cache.
	 * @param call the call
	 * @return what the method's caller gets
	 * @throws Throwable what the method threw
	 */
	@Nullable Object answer(CachedCall call) throws Throwable;

	/**
	 * Carries out a call with what is to happen before and after it.
	 * @param call the call
	 * @return what the method's caller gets: nothing of it before all has happened
	 * @throws Throwable what the method threw: then nothing happens after it
	 */
	@Nullable Object surround(ChangingCall call) throws Throwable;

	/**
	 * Carries out a call once it has been let in, until what the method returns has
	 * ended.
	 * @param call the call
	 * @return what the method's caller gets
	 * @throws Throwable what the method threw, or that the call was not let in
	 */
	@Nullable Object guard(GuardedCall call) throws Throwable;

	/**
	 * How a method hands over its value.
	 * @param type the type that it returns
	 * @param expressions the annotation that must know it
	 * @return the way
	 * @throws InvalidAnnotationException if it is none that can be followed
	 */
	static Delivery of(Class<?> type, MethodExpressions expressions) {
		if (CompletionStage.class.isAssignableFrom(type) && type.isAssignableFrom(CompletableFuture.class)) {
			return new ByFuture();
		}
		if (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)) {
			throw expressions.invalid(
					"a %s can't be followed to its end: return a CompletableFuture, a Mono, a Flux or the value itself"
						.formatted(type.getSimpleName()),
					null);
		}
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
		if (adapter == null) {
			return new AtOnce();
		}
		if (!type.isAssignableFrom(adapter.getReactiveType())) {
			throw expressions
				.invalid("a %s can't be put in the place of the method's own: declare that a %s is returned"
					.formatted(type.getSimpleName(), adapter.getReactiveType().getSimpleName()), null);
		}
		return new ByPublisher(adapter);
	}

}
