/**
 * Log-in, and what a user sees and ends of his sessions.
 */
package io.github.rediskit.sample.account;
