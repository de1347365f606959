package io.github.rediskit.sample.seed;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShopSeed}.
 */
class ShopSeedTests {

	@Test
	void everyStartSeesTheSameShop() {
		assertThat(contentAfterStart()).isEqualTo(contentAfterStart());
	}

	private List<Map<String, Object>> contentAfterStart() {
		EmbeddedDatabase database = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
			.generateUniqueName(true)
			.addScript(new ClassPathResource("schema.sql").getPath())
			.build();
		try {
			JdbcTemplate jdbc = new JdbcTemplate(database);
			new ShopSeed(jdbc).afterPropertiesSet();
			assertThat(count(jdbc, "product")).isEqualTo(3_000);
			assertThat(count(jdbc, "orders")).isEqualTo(2_000);
			assertThat(jdbc.queryForObject("select count(distinct name) from product", Integer.class)).isEqualTo(3_000);
			return jdbc.queryForList("""
					select o.*, l.*, p.name, p.price, p.stock, p.discontinued, cast(p.tags as varchar) as tags
					from orders o join order_line l on l.order_id = o.id join product p on p.id = l.product_id
					order by o.id, l.line_no""");
		}
		finally {
			database.shutdown();
		}
	}

	private Integer count(JdbcTemplate jdbc, String table) {
		return jdbc.queryForObject("select count(*) from " + table, Integer.class);
	}

}
