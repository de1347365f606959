package io.github.rediskit.sample.catalog;

import java.util.List;

/**
 * One page of a category. It holds names only: prices and stock change far more often,
 * and are asked for product by product.
 *
 * @param category the category
 * @param page the number of the page, from 0
 * @param pages how many pages there are
 * @param products the products, in the order of their names
 */
public record ProductPage(Category category, int page, int pages, List<Entry> products) {

	/**
	 * A product on the page.
	 *
	 * @param id the product number
	 * @param name the name
	 */
	public record Entry(long id, String name) {

	}

}
