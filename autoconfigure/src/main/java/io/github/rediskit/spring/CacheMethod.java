package io.github.rediskit.spring;

import org.jspecify.annotations.Nullable;

/**
 * What our annotations say about one method: at least one of them does.
 *
 * @param cached what {@code @Cached} says, or {@code null} if it is not there
 * @param changing what {@code @CacheUpdate} and {@code @CacheInvalidate} say, or
 * {@code null} if neither is there
 */
record CacheMethod(@Nullable CachedMethod cached, @Nullable ChangingMethod changing) {
}
