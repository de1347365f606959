package io.github.rediskit.sample.orders;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.MappedCollection;
import org.springframework.data.relational.core.mapping.Table;

/**
 * An order.
 *
 * @param id the order number, or {@code null} while it has none
 * @param customer the customer's handle
 * @param status how far it has come
 * @param placedAt when it was placed
 * @param lines what was ordered
 */
@Table("ORDERS")
public record Order(@Id Long id, String customer, Status status, Instant placedAt,
		@MappedCollection(idColumn = "ORDER_ID", keyColumn = "LINE_NO") List<Line> lines) {

	/** The numbers of its products. */
	public Set<Long> productIds() {
		return this.lines.stream().map(Line::productId).collect(Collectors.toCollection(LinkedHashSet::new));
	}

	/**
	 * How far an order has come.
	 */
	public enum Status {

		PLACED, SHIPPED, DELIVERED, CANCELLED

	}

	/**
	 * One product of an order, as it was on that day.
	 *
	 * @param productId the product number
	 * @param product the product's name
	 * @param quantity how many
	 * @param price the price of one, in euros
	 */
	@Table("ORDER_LINE")
	public record Line(long productId, String product, int quantity, BigDecimal price) {

	}

}
