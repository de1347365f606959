package io.github.rediskit.benchmark;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * What is cached: about 240 bytes of JSON.
 *
 * @param id the number
 * @param sku what the shop calls it
 * @param name what people call it
 * @param category where it stands
 * @param price what it costs
 * @param stock how many there are
 * @param tags words to find it by
 * @param changed when it was last changed
 */
record Product(long id, String sku, String name, String category, BigDecimal price, int stock, List<String> tags,
		Instant changed) {

	static Product of(long id) {
		return new Product(id, "SKU-%08d".formatted(id), "Walking boot, waterproof, brown, size 42, with spare laces",
				"outdoor/shoes/men", new BigDecimal("129.90"), (int) (id % 100),
				List.of("boots", "leather", "autumn", "sale"), Instant.parse("2026-05-04T10:15:30Z"));
	}

}
