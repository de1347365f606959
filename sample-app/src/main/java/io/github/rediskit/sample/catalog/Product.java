package io.github.rediskit.sample.catalog;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * A product as customers see it.
 *
 * @param id the product number
 * @param name the name
 * @param category where it stands
 * @param price the price of one, in euros
 * @param availability whether and when it can be had
 * @param tags words to find it by
 * @param updatedAt when its price or stock last changed
 */
public record Product(long id, String name, Category category, BigDecimal price, Availability availability,
		List<String> tags, Instant updatedAt) {

	private static final int SCARCE = 10;

	/** Whether there are only a few left. */
	public boolean scarce() {
		return this.availability instanceof Availability.InStock inStock && inStock.quantity() < SCARCE;
	}

}
