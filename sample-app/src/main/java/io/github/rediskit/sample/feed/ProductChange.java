package io.github.rediskit.sample.feed;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * A product has another price, or some of it were sold.
 *
 * @param productId the product number
 * @param name its name
 * @param price what it costs now, in euros
 * @param sold how many were sold; 0 if it has another price
 * @param at when
 */
public record ProductChange(long productId, String name, BigDecimal price, int sold, Instant at) {

}
