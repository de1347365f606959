package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import org.jspecify.annotations.Nullable;

/**
 * The methods with {@link Cached} or {@link CacheInvalidate}. They are looked for
 * together, since to look is most of what they cost at start.
 */
public final class CacheMethods extends AnnotatedMethods<CacheMethod> {

	static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(Cached.class, CacheInvalidate.class);

	private final UnaryOperator<String> placeholders;

	/**
	 * Creates the methods.
	 * @param placeholders resolves {@code ${…}} in a text
	 */
	public CacheMethods(UnaryOperator<String> placeholders) {
		super(ANNOTATIONS);
		this.placeholders = placeholders;
	}

	@Override
	@Nullable CacheMethod read(Method method, Class<?> targetClass) {
		CachedMethod cached = CachedMethod.read(method, targetClass, this.placeholders);
		InvalidatingMethod invalidating = InvalidatingMethod.read(method, this.placeholders);
		return (cached == null && invalidating == null) ? null : new CacheMethod(cached, invalidating);
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
