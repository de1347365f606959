package io.github.rediskit.sample.customers;

import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is remembered of a customer, and under which keys.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "shop.dispatch-every=1d")
class CustomersTests {

	private final String customer = "ada:{" + UUID.randomUUID() + "}";

	@Autowired
	private Basket basket;

	@Autowired
	private Wishlist wishlist;

	@Autowired
	private RecentlyViewed viewed;

	@Autowired
	private Visitors visitors;

	@Autowired
	private StringRedisTemplate redis;

	@Test
	void aBasketCountsAndForgets() {
		this.basket.add(this.customer, 42, 2);
		this.basket.add(this.customer, 42, 1);
		this.basket.add(this.customer, 7, 1);
		assertThat(this.basket.of(this.customer)).isEqualTo(Map.of(42L, 3, 7L, 1));
		this.basket.remove(this.customer, 7);
		assertThat(this.basket.of(this.customer)).isEqualTo(Map.of(42L, 3));
		assertThat(this.basket.of(this.customer + "2")).isEmpty();
	}

	@Test
	void aWishlistHasEachProductOnce() {
		this.wishlist.add(this.customer, 42);
		this.wishlist.add(this.customer, 42);
		this.wishlist.add(this.customer, 7);
		this.wishlist.add(this.customer + "2", 7);
		assertThat(this.wishlist.of(this.customer)).containsExactlyInAnyOrder(42L, 7L);
		assertThat(this.wishlist.ofBoth(this.customer, this.customer + "2")).containsExactly(7L);
		this.wishlist.remove(this.customer, 42);
		assertThat(this.wishlist.of(this.customer)).containsExactly(7L);
	}

	@Test
	void whatWasViewedLastComesFirstAndOnlySomeIsKept() {
		LongStream.rangeClosed(1, 10).forEach((id) -> this.viewed.view(this.customer, id));
		this.viewed.view(this.customer, 5);
		assertThat(this.viewed.of(this.customer)).containsExactly(5L, 10L, 9L, 8L, 7L, 6L, 4L, 3L);
	}

	@Test
	void visitorsAreCountedOnce() {
		long before = this.visitors.ofToday();
		for (int i = 0; i < 100; i++) {
			this.visitors.count(this.customer + i % 50);
		}
		assertThat(this.visitors.ofToday() - before).isBetween(45L, 55L);
	}

	@Test
	void everyKeyIsTheCustomersOwnAndHasATimeToLive() {
		this.basket.add(this.customer, 42, 2);
		this.wishlist.add(this.customer, 42);
		this.viewed.view(this.customer, 42);
		this.visitors.count(this.customer);
		String id = "{" + this.customer.replace(":", "%3A").replace("{", "%7B").replace("}", "%7D") + "}";
		for (String name : new String[] { "basket", "wishlist", "viewed" }) {
			assertThat(this.redis.getExpire("shop:customer:" + name + ":" + id)).as(name).isPositive();
		}
		assertThat(this.redis.keys("shop:visitors:*"))
			.allSatisfy((key) -> assertThat(this.redis.getExpire(key)).isPositive())
			.isNotEmpty();
	}

}
