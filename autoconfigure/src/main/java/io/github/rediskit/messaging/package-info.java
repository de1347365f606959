/**
 * Streams, queues and published messages.
 */
@NullMarked
package io.github.rediskit.messaging;

import org.jspecify.annotations.NullMarked;
