package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Suspending functions of Kotlin. To interceptors Spring's proxies show them as methods
 * that return a {@code Mono}, or a {@code Flux} for a {@code Flow}. In bytecode they
 * return {@code Object}, and have a {@code Continuation} as one more parameter, which
 * knows the type.
 */
final class Suspending {

	private static final boolean BRIDGED = ClassUtils.isPresent("kotlinx.coroutines.reactor.MonoKt",
			Suspending.class.getClassLoader());

	private static final String FLOW = "kotlinx.coroutines.flow.Flow";

	private static final String UNIT = "kotlin.Unit";

	private Suspending() {
	}

	static boolean is(Method method) {
		return KotlinDetector.isSuspendingFunction(method);
	}

	/** What any method returns, as its author wrote it. */
	static ResolvableType returned(Method method, Class<?> targetClass) {
		if (!is(method)) {
			return ResolvableType.forType(GenericTypeResolver.resolveType(method.getGenericReturnType(), targetClass));
		}
		Type continuation = method.getGenericParameterTypes()[method.getParameterCount() - 1];
		ResolvableType type = ResolvableType.forType(GenericTypeResolver.resolveType(continuation, targetClass))
			.getGeneric(0);
		if (type.getType() instanceof WildcardType wildcard && wildcard.getLowerBounds().length > 0) {
			type = ResolvableType.forType(GenericTypeResolver.resolveType(wildcard.getLowerBounds()[0], targetClass));
		}
		return UNIT.equals(type.resolve(Object.class).getName()) ? ResolvableType.forClass(void.class) : type;
	}

	static Delivery delivery(Method method, MethodExpressions expressions) {
		if (!BRIDGED) {
			throw expressions.invalid("a suspending function can't be followed to its end without coroutines for "
					+ "Reactor: add org.jetbrains.kotlinx:kotlinx-coroutines-reactor, or return a Mono", null);
		}
		boolean many = FLOW.equals(new MethodParameter(method, -1).getParameterType().getName());
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance()
			.getAdapter(many ? Flux.class : Mono.class);
		return new ByPublisher(Objects.requireNonNull(adapter));
	}

	/** What a function that does not suspend returned instead of one that does. */
	static Publisher<?> publisher(@Nullable Object returned) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, returned);
		return (adapter != null) ? adapter.toPublisher(returned) : Mono.justOrEmpty(returned);
	}

}
