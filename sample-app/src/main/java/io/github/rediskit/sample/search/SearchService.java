package io.github.rediskit.sample.search;

import java.util.List;

import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.sample.catalog.Product;
import io.github.rediskit.sample.catalog.ProductStore;

import org.springframework.stereotype.Service;

/**
 * Finds products by their names. No index helps with that, so each visitor may search
 * only so often.
 */
@Service
public class SearchService {

	private final ProductStore products;

	SearchService(ProductStore products) {
		this.products = products;
	}

	/**
	 * The first products whose name contains a text.
	 * @param visitor who searches
	 * @param text what is searched for; one or two letters find half of the shop, and
	 * cost as much as five searches
	 * @return the products, in the order of their names
	 */
	@RateLimited(value = "search", key = "#visitor", cost = "#text.length() < 3 ? 5 : 1")
	public List<Product> search(String visitor, String text) {
		return this.products.named(text);
	}

}
