package io.github.rediskit.sample.orders;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.sample.ShopApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances of the shop, with one database and one Redis.
 */
@TestInstance(Lifecycle.PER_CLASS)
class TwoShopsTests {

	private ConfigurableApplicationContext one;

	private ConfigurableApplicationContext other;

	private JdbcTemplate database;

	@BeforeAll
	void start() {
		String shared = "jdbc:h2:mem:" + UUID.randomUUID();
		this.one = shop("--spring.datasource.url=" + shared);
		DataRedisConnectionDetails.Standalone redis = this.one.getBean(DataRedisConnectionDetails.class)
			.getStandalone();
		this.other = shop("--spring.datasource.url=" + shared, "--spring.data.redis.host=" + redis.getHost(),
				"--spring.data.redis.port=" + redis.getPort());
		this.database = this.one.getBean(JdbcTemplate.class);
	}

	private static ConfigurableApplicationContext shop(String... arguments) {
		return new SpringApplicationBuilder(ShopApplication.class)
			.properties("server.port=0", "shop.dispatch-every=1d", "spring.datasource.generate-unique-name=false",
					"spring.datasource.username=sa")
			.run(arguments);
	}

	@AfterAll
	void stop() {
		this.other.close();
		this.one.close();
	}

	@Test
	void jobRunsOnceWhoeverBegins() {
		this.one.getBean(DistributedLocks.class).forceRelease(LockRequest.of("dispatch"));
		long before = shipped();
		List<CompletableFuture<Void>> both = List.of(
				CompletableFuture.runAsync(this.one.getBean(OrderDispatch.class)::dispatch),
				CompletableFuture.runAsync(this.other.getBean(OrderDispatch.class)::dispatch));
		both.forEach(CompletableFuture::join);
		assertThat(shipped() - before).isEqualTo(20);
	}

	@Test
	void orderIsEitherShippedOrCancelled() {
		OrderService shipping = this.one.getBean(OrderService.class);
		OrderService cancelling = this.other.getBean(OrderService.class);
		for (long id : this.database.queryForList(
				"select id from orders where status = 'PLACED' order by placed_at desc limit 20", Long.class)) {
			CompletableFuture<Boolean> cancelled = CompletableFuture.supplyAsync(() -> cancelling.cancel(id, null));
			boolean shipped = shipping.ship(id, null);
			assertThat(cancelled.join()).isNotEqualTo(shipped);
		}
	}

	private long shipped() {
		return this.database.queryForObject("select count(*) from orders where status = 'SHIPPED' and fence > 0",
				Long.class);
	}

}
