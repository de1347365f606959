package io.github.rediskit.sample.pipeline;

/**
 * An e-mail that is sent later.
 *
 * @param to the customer's handle
 * @param text what it says
 */
public record Mail(String to, String text) {

}
