package io.github.rediskit.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * What every key of this application begins with.
 *
 * @param environment first part, or {@code null} for none
 * @param namespace name of the application
 */
record Namespace(@Nullable String environment, String namespace) {

}
