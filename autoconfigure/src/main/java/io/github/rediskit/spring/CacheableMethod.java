package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.spring.TicketedCache.Kind;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.interceptor.CacheEvictOperation;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;

/**
 * What one of Spring's annotations on a method says about the cache it uses.
 *
 * @param operation the operation
 * @param method the method
 * @param type the type of what the method yields in the end, without
 * {@code CompletableFuture}, {@code Mono} and {@code Optional}; a {@code Flux} yields a
 * list; {@code null} if it yields nothing
 * @param kind how a call uses the cache
 */
record CacheableMethod(CacheOperation operation, Method method, @Nullable Type type, Kind kind) {

	static CacheableMethod of(CacheOperation operation, Method method, Class<?> targetClass) {
		Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
		ResolvableType declared = ResolvableType
			.forType(GenericTypeResolver.resolveType(specific.getGenericReturnType(), targetClass));
		ResolvableType yielded = yielded(declared);
		boolean asynchronous = !yielded.equals(declared);
		boolean optional = yielded.resolve() == Optional.class;
		ResolvableType value = optional ? yielded.getGeneric(0) : yielded;
		CacheableMethod result = new CacheableMethod(operation, specific, typeOf(value),
				new Kind(operation instanceof CacheableOperation, asynchronous, asynchronous && optional));
		if (result.writes() && (value.hasUnresolvableGenerics() || value.resolve() == null)) {
			throw result.invalid(
					"the return type %s has a type variable that the bean's class leaves open: ".formatted(declared)
							+ "declare the type that is returned",
					null);
		}
		return result;
	}

	private static @Nullable Type typeOf(ResolvableType value) {
		Class<?> raw = value.resolve(Object.class);
		return (raw == void.class || raw == Void.class) ? null : value.getType();
	}

	private static ResolvableType yielded(ResolvableType declared) {
		Class<?> type = declared.resolve(Object.class);
		if (CompletableFuture.class.isAssignableFrom(type)) {
			return declared.as(CompletableFuture.class).getGeneric(0);
		}
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
		if (adapter == null) {
			return declared;
		}
		if (adapter.isNoValue()) {
			return ResolvableType.forClass(Void.class);
		}
		ResolvableType element = declared.as(adapter.getReactiveType()).getGeneric(0);
		return adapter.isMultiValue() ? ResolvableType.forClassWithGenerics(List.class, element) : element;
	}

	/** Whether the cache gets values from this method. */
	boolean writes() {
		return this.type != null && !(this.operation instanceof CacheEvictOperation);
	}

	InvalidAnnotationException invalid(String problem, @Nullable Throwable cause) {
		return new InvalidAnnotationException(annotation(this.operation), this.method, problem, cause);
	}

	static Class<? extends Annotation> annotation(CacheOperation operation) {
		if (operation instanceof CacheEvictOperation) {
			return CacheEvict.class;
		}
		return (operation instanceof CacheableOperation) ? Cacheable.class : CachePut.class;
	}

}
