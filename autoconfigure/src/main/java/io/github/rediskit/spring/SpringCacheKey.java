package io.github.rediskit.spring;

import java.lang.reflect.Field;

import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

/**
 * Makes ids from the keys of Spring's caches, such that both doors agree: Spring's key of
 * several arguments is the id of these arguments.
 */
final class SpringCacheKey {

	private static final Field ARGUMENTS = argumentsOfSimpleKey();

	private SpringCacheKey() {
	}

	static KeyId id(@Nullable Object key) {
		if (key instanceof SimpleKey simple) {
			Object[] arguments = (Object[]) ReflectionUtils.getField(ARGUMENTS, simple);
			Assert.state(arguments != null, "A SimpleKey has arguments");
			return KeyId.ofArguments(arguments);
		}
		return KeyId.of(key);
	}

	/** It has no accessor, and its text is not unique. */
	private static Field argumentsOfSimpleKey() {
		Field field = ReflectionUtils.findField(SimpleKey.class, "params", Object[].class);
		Assert.state(field != null, "SimpleKey keeps its arguments in 'params'");
		ReflectionUtils.makeAccessible(field);
		return field;
	}

}
