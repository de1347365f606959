/**
 * Spring Boot auto-configuration and properties.
 */
@NullMarked
package io.github.rediskit.autoconfigure;

import org.jspecify.annotations.NullMarked;
