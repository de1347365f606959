package io.github.rediskit.spring;

import org.jspecify.annotations.Nullable;

/**
 * What our annotations say about one method: at least one of them does.
 *
 * @param cached what {@code @Cached} says, or {@code null} if it is not there
 * @param invalidating what {@code @CacheInvalidate} says, or {@code null} if it is not
 * there
 */
record CacheMethod(@Nullable CachedMethod cached, @Nullable InvalidatingMethod invalidating) {
}
