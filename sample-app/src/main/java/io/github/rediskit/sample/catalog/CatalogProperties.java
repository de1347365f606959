package io.github.rediskit.sample.catalog;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the shop.
 *
 * @param productLoadDelay how much slower than it is the database pretends to be when a
 * product is loaded
 */
@ConfigurationProperties("shop")
record CatalogProperties(@DefaultValue("0") Duration productLoadDelay) {

}
