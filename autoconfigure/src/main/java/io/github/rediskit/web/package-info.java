/**
 * Rate limits of HTTP requests, on servlets and on WebFlux: who is limited by what, and
 * what the client is told.
 */
@NullMarked
package io.github.rediskit.web;

import org.jspecify.annotations.NullMarked;
