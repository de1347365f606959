/**
 * Spring Data's listeners of published messages, with order, bounds and an end.
 */
@NullMarked
package io.github.rediskit.pubsub;

import org.jspecify.annotations.NullMarked;
