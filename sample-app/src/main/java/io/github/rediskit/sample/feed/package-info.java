/**
 * What changes in the shop, pushed to all browsers that look at it.
 */
package io.github.rediskit.sample.feed;
