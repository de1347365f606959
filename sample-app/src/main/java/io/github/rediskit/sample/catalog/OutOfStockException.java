package io.github.rediskit.sample.catalog;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * There are fewer in stock than asked for.
 */
public class OutOfStockException extends ResponseStatusException {

	OutOfStockException(Product product, int quantity) {
		super(HttpStatus.CONFLICT,
				"There are not %d of product %d (%s) in stock".formatted(quantity, product.id(), product.name()));
	}

}
