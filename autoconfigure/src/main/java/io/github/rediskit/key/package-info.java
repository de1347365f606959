/**
 * Every key that the library writes is made here: namespace, encoding, validation, hash
 * tags, digests.
 */
@NullMarked
package io.github.rediskit.key;

import org.jspecify.annotations.NullMarked;
