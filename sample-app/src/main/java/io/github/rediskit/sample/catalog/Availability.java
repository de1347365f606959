package io.github.rediskit.sample.catalog;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * Whether a product can be had, and when. In JSON, in the API and in the cache alike, the
 * property {@code state} tells which it is.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({ @JsonSubTypes.Type(name = "in-stock", value = Availability.InStock.class),
		@JsonSubTypes.Type(name = "on-order", value = Availability.OnOrder.class),
		@JsonSubTypes.Type(name = "discontinued", value = Availability.Discontinued.class) })
public sealed interface Availability {

	/**
	 * On the shelf.
	 *
	 * @param quantity how many
	 */
	record InStock(int quantity) implements Availability {

	}

	/**
	 * To be ordered from the supplier.
	 *
	 * @param deliveryDays how long that takes
	 */
	record OnOrder(int deliveryDays) implements Availability {

	}

	/**
	 * Not made any more.
	 */
	record Discontinued() implements Availability {

	}

}
