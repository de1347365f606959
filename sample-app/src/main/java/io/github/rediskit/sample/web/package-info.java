/**
 * The REST API.
 */
package io.github.rediskit.sample.web;
