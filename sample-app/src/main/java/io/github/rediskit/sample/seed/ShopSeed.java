package io.github.rediskit.sample.seed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Puts 3,000 products and 2,000 orders into the database before the first request: the
 * same ones at every start, so that an example works twice.
 */
@Component
@DependsOnDatabaseInitialization
class ShopSeed implements InitializingBean {

	private static final int ORDERS = 2_000;

	/** The range that a product belongs to; each range has everything. */
	private static final String[] RANGES = { "Alder", "Arno", "Birk", "Bjelke", "Calla", "Dune", "Elm", "Fjell",
			"Halden", "Isar", "Juniper", "Kestrel", "Lark", "Linden", "Mesa", "Nord", "Oslo", "Pampa", "Quill", "Rowan",
			"Sable", "Tarn", "Umbra", "Vela", "Willow" };

	private static final String[] TAGS = { "bestseller", "eco", "gift", "handmade", "new", "outdoor", "sale", "small" };

	private static final String[] CUSTOMERS = { "amber", "basil", "cobalt", "drift", "ember", "fern", "grove", "harbor",
			"indigo", "jade" };

	private static final Instant OPENING = Instant.parse("2026-01-05T08:00:00Z");

	private final JdbcTemplate jdbc;

	private final Random random = new Random(2_026);

	ShopSeed(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@Override
	public void afterPropertiesSet() {
		if (!this.jdbc.queryForList("select id from product limit 1").isEmpty()) { // by
																					// another
																					// instance
			return;
		}
		List<Item> items = items();
		insertProducts(items);
		insertOrders(items);
	}

	private List<Item> items() {
		List<Item> items = new ArrayList<>();
		for (String line : assortment()) {
			String[] columns = line.split(",");
			for (String range : RANGES) {
				items.add(new Item(items.size() + 1, range + " " + columns[1], columns[0], price(columns[2])));
			}
		}
		return items;
	}

	private List<String> assortment() {
		try {
			return new ClassPathResource("seed/assortment.csv").getContentAsString(StandardCharsets.UTF_8)
				.lines()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Around the usual price, and ending in 9 as prices do. */
	private BigDecimal price(String usual) {
		double price = Double.parseDouble(usual) * this.random.nextDouble(0.7, 1.4);
		return BigDecimal.valueOf(price).setScale(1, RoundingMode.DOWN).add(new BigDecimal("0.09"));
	}

	private void insertProducts(List<Item> items) {
		insert("insert into product values (?, ?, ?, ?, ?, ?, ?, ?, ?)", items.stream().map((item) -> {
			boolean discontinued = this.random.nextInt(40) == 0;
			int stock = (discontinued || this.random.nextInt(12) == 0) ? 0 : this.random.nextInt(1, 250);
			return new Object[] { item.id(), item.name(), item.category(), item.price(), stock,
					this.random.nextInt(2, 30), discontinued, tags(), time(0) };
		}));
	}

	private String[] tags() {
		return this.random.ints(this.random.nextInt(4), 0, TAGS.length)
			.distinct()
			.sorted()
			.mapToObj((index) -> TAGS[index])
			.toArray(String[]::new);
	}

	private void insertOrders(List<Item> items) {
		List<Object[]> orders = new ArrayList<>();
		List<Object[]> lines = new ArrayList<>();
		for (int id = 1; id <= ORDERS; id++) {
			orders.add(new Object[] { id, customer(), status(id), time(id) });
			int count = this.random.nextInt(1, 5);
			for (int line = 0; line < count; line++) {
				Item item = items.get(this.random.nextInt(items.size()));
				lines.add(new Object[] { id, line, item.id(), item.name(), this.random.nextInt(1, 4), item.price() });
			}
		}
		insert("insert into orders (id, customer, status, placed_at) values (?, ?, ?, ?)", orders.stream());
		insert("insert into order_line values (?, ?, ?, ?, ?, ?)", lines.stream());
		this.jdbc.execute("alter table orders alter column id restart with " + (ORDERS + 1));
	}

	private String customer() {
		return CUSTOMERS[this.random.nextInt(CUSTOMERS.length)] + this.random.nextInt(10, 100);
	}

	/** The last ones are still under way. */
	private String status(int id) {
		if (id > ORDERS - 50) {
			return "PLACED";
		}
		if (id > ORDERS - 150) {
			return "SHIPPED";
		}
		return (this.random.nextInt(25) == 0) ? "CANCELLED" : "DELIVERED";
	}

	private Timestamp time(int order) {
		Duration sinceOpening = Duration.ofHours(3).multipliedBy(order).plusSeconds(this.random.nextInt(10_800));
		return Timestamp.from(OPENING.plus(sinceOpening));
	}

	private void insert(String sql, Stream<Object[]> rows) {
		this.jdbc.batchUpdate(sql, rows.toList());
	}

	private record Item(long id, String name, String category, BigDecimal price) {

	}

}
