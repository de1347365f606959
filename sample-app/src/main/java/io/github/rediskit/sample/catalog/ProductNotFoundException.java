package io.github.rediskit.sample.catalog;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * There is no such product.
 */
public class ProductNotFoundException extends ResponseStatusException {

	/**
	 * Creates the exception.
	 * @param id the product number that was asked for
	 */
	public ProductNotFoundException(long id) {
		super(HttpStatus.NOT_FOUND, "There is no product " + id);
	}

}
