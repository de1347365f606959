package io.github.rediskit.sample.customers;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Service;

/**
 * What a customer would like to have: a set of products. It is forgotten a year after it
 * was last changed.
 */
@Service
public class Wishlist {

	private static final Duration TTL = Duration.ofDays(365);

	private final StringRedisTemplate redis;

	private final Pipeline pipeline;

	private final ShopKeys keys;

	Wishlist(StringRedisTemplate redis, Pipeline pipeline, ShopKeys keys) {
		this.redis = redis;
		this.pipeline = pipeline;
		this.keys = keys;
	}

	/**
	 * Adds a product, which may be on it already.
	 * @param customer the customer's handle
	 * @param productId the product number
	 */
	public void add(String customer, long productId) {
		String key = key(customer);
		this.pipeline.run(() -> {
			this.redis.opsForSet().add(key, String.valueOf(productId));
			this.redis.expire(key, TTL);
		});
	}

	/**
	 * Removes a product.
	 * @param customer the customer's handle
	 * @param productId the product number
	 */
	public void remove(String customer, long productId) {
		this.redis.opsForSet().remove(key(customer), String.valueOf(productId));
	}

	/**
	 * What is on it.
	 * @param customer the customer's handle
	 * @return product numbers, in no order
	 */
	public Set<Long> of(String customer) {
		return numbers(this.redis.opsForSet().members(key(customer)));
	}

	/**
	 * What two customers would like to have: two keys, so on a cluster Redis can't
	 * intersect them. Spring Data reads both and does it itself.
	 * @param customer one
	 * @param other the other
	 * @return product numbers that both lists have
	 */
	public Set<Long> ofBoth(String customer, String other) {
		return numbers(this.redis.opsForSet().intersect(key(customer), key(other)));
	}

	private static Set<Long> numbers(Set<String> texts) {
		return texts.stream().map(Long::valueOf).collect(Collectors.toSet());
	}

	private String key(String customer) {
		return this.keys.ofCustomer("wishlist", customer);
	}

}
