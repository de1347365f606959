package io.github.rediskit.sample.catalog;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is cached must come back as it was.
 */
class ProductJsonTests {

	private final JsonMapper mapper = JsonMapper.shared();

	static List<Availability> availabilities() {
		return List.of(new Availability.InStock(3), new Availability.OnOrder(14), new Availability.Discontinued());
	}

	@ParameterizedTest
	@MethodSource("availabilities")
	void productComesBackAsItWas(Availability availability) {
		Product product = new Product(1, "Alder Teapot", Category.KITCHEN, new BigDecimal("36.00"), availability,
				List.of("gift", "small"), Instant.parse("2026-01-05T08:00:00.123456Z"));
		String json = this.mapper.writeValueAsString(product);
		assertThat(this.mapper.readValue(json, Product.class)).isEqualTo(product);
	}

	@Test
	void availabilityNamesItsState() {
		assertThat(this.mapper.writeValueAsString(new Availability.OnOrder(14)))
			.isEqualTo("{\"state\":\"on-order\",\"deliveryDays\":14}");
	}

}
