package io.github.rediskit.sample.orders;

import java.util.List;

/**
 * What a customer wants to have.
 *
 * @param customer the customer's handle
 * @param items the products
 */
public record NewOrder(String customer, List<Item> items) {

	public NewOrder {
		if (customer == null || customer.isBlank() || customer.length() > 40) {
			throw new IllegalArgumentException("'customer' must have 1 to 40 characters");
		}
		if (items == null || items.isEmpty()) {
			throw new IllegalArgumentException("'items' must not be empty");
		}
	}

	/**
	 * A product and how many of it.
	 *
	 * @param productId the product number
	 * @param quantity how many
	 */
	public record Item(long productId, int quantity) {

		public Item {
			if (quantity < 1) {
				throw new IllegalArgumentException("'quantity' must be at least 1");
			}
		}

	}

}
