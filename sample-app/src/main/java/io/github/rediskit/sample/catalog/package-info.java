/**
 * Products, their categories, prices and stock.
 */
package io.github.rediskit.sample.catalog;
