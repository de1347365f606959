package io.github.rediskit.sample.pipeline;

/**
 * An order that goes through the pipeline.
 *
 * @param number the order number
 * @param customer the customer's handle
 * @param article what was ordered
 */
public record PlacedOrder(String number, String customer, String article) {

}
