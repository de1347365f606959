/**
 * The sample application: one package per feature.
 */
package io.github.rediskit.sample;
