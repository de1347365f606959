package io.github.rediskit.sample.catalog;

/**
 * What there is in a category.
 *
 * @param category the category
 * @param products how many products it has
 */
public record CategorySummary(Category category, long products) {

}
