/**
 * Annotations on Spring beans: method interception, expressions and keys.
 */
@NullMarked
package io.github.rediskit.spring;

import org.jspecify.annotations.NullMarked;
