package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.CacheUpdate;
import io.github.rediskit.cache.Cached;
import org.jspecify.annotations.Nullable;

/**
 * The methods with {@link Cached}, {@link CacheUpdate} or {@link CacheInvalidate}. They
 * are looked for together, since to look is most of what they cost at start.
 */
public final class CacheMethods extends AnnotatedMethods<CacheMethod> {

	static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(Cached.class, CacheUpdate.class,
			CacheInvalidate.class);

	private final UnaryOperator<String> placeholders;

	/**
	 * Creates the methods.
	 * @param placeholders resolves {@code ${…}} in a text
	 * @param search which methods have an annotation
	 */
	public CacheMethods(UnaryOperator<String> placeholders, AnnotationSearch search) {
		super(ANNOTATIONS, search);
		this.placeholders = placeholders;
	}

	@Override
	@Nullable CacheMethod read(Method method, Class<?> targetClass) {
		CachedMethod cached = CachedMethod.read(method, targetClass, this.placeholders);
		ChangingMethod changing = ChangingMethod.read(method, targetClass, this.placeholders);
		if (cached != null && changing != null && changing.updates()) {
			throw new InvalidAnnotationException(Cached.class, method,
					"a hit would keep the method of @CacheUpdate from running: leave one of them out", null);
		}
		return (cached == null && changing == null) ? null : new CacheMethod(cached, changing);
	}

	/** Those that put what they return into a cache. */
	Collection<StoredResult> storing() {
		return all().stream()
			.flatMap((method) -> Stream.concat(Stream.ofNullable(method.cached()).map(CachedMethod::stored),
					Stream.ofNullable(method.changing()).flatMap(ChangingMethod::stored)))
			.toList();
	}

	/** Those that are answered from a cache. */
	Collection<CachedMethod> cached() {
		return all().stream().map(CacheMethod::cached).filter(Objects::nonNull).toList();
	}

	/**
	 * Whether no bean has a method that is answered from a cache.
	 * @return {@code true} if none of the beans made so far has one
	 */
	public boolean isNothingCached() {
		return cached().isEmpty();
	}

}
