package io.github.rediskit.spring;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * One call of an annotated method, as expressions see it: {@code #root}.
 *
 * @param target the object
 * @param method its method
 * @param args the arguments
 */
@SuppressWarnings("ArrayRecordComponent")
public record Call(@Nullable Object target, Method method, @Nullable Object[] args) {
}
