/**
 * Search in the catalog, which is limited per visitor.
 */
package io.github.rediskit.sample.search;
