/**
 * HTTP sessions: what Spring Session asks to be kept, and the sessions of a user.
 */
@NullMarked
package io.github.rediskit.session;

import org.jspecify.annotations.NullMarked;
