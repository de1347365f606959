package io.github.rediskit.sample.catalog;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * A product as the database has it.
 */
@Table("PRODUCT")
record ProductRow(@Id long id, String name, Category category, BigDecimal price, int stock, int deliveryDays,
		boolean discontinued, List<String> tags, Instant updatedAt) {

	Product toProduct() {
		return new Product(this.id, this.name, this.category, this.price, availability(), this.tags, this.updatedAt);
	}

	private Availability availability() {
		if (this.stock > 0) {
			return new Availability.InStock(this.stock);
		}
		return this.discontinued ? new Availability.Discontinued() : new Availability.OnOrder(this.deliveryDays);
	}

}
