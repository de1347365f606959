/**
 * A Redis for development: a real server, started as a child process when an application
 * names none.
 */
@NullMarked
package io.github.rediskit.autoconfigure.devservices;

import org.jspecify.annotations.NullMarked;
