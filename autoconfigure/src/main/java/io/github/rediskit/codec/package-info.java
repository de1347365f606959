/**
 * Values to bytes and back: typed JSON and CBOR, compression, encryption. The only room
 * that knows Jackson.
 */
@NullMarked
package io.github.rediskit.codec;

import org.jspecify.annotations.NullMarked;
