package io.github.rediskit.sample.customers;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Service;

/**
 * What a customer wants to buy: a hash of quantities by product. It is forgotten a week
 * after it was last changed.
 */
@Service
public class Basket {

	private static final Duration TTL = Duration.ofDays(7);

	private final StringRedisTemplate redis;

	private final HashOperations<String, String, String> hashes;

	private final Pipeline pipeline;

	private final ShopKeys keys;

	Basket(StringRedisTemplate redis, Pipeline pipeline, ShopKeys keys) {
		this.redis = redis;
		this.pipeline = pipeline;
		this.hashes = redis.opsForHash();
		this.keys = keys;
	}

	/**
	 * Puts some of a product into it. Counting in Redis, two tabs of a browser can't
	 * overwrite each other's quantity.
	 * @param customer the customer's handle
	 * @param productId the product number
	 * @param quantity how many more
	 */
	public void add(String customer, long productId, int quantity) {
		String key = key(customer);
		// one round trip; the key has its time to live a moment after its first field
		this.pipeline.run(() -> {
			this.hashes.increment(key, String.valueOf(productId), quantity);
			this.redis.expire(key, TTL);
		});
	}

	/**
	 * Takes a product out.
	 * @param customer the customer's handle
	 * @param productId the product number
	 */
	public void remove(String customer, long productId) {
		this.hashes.delete(key(customer), String.valueOf(productId));
	}

	/**
	 * What is in it.
	 * @param customer the customer's handle
	 * @return quantities by product numbers
	 */
	public Map<Long, Integer> of(String customer) {
		Map<Long, Integer> quantities = new TreeMap<>();
		this.hashes.entries(key(customer))
			.forEach((id, quantity) -> quantities.put(Long.valueOf(id), Integer.valueOf(quantity)));
		return quantities;
	}

	private String key(String customer) {
		return this.keys.ofCustomer("basket", customer);
	}

}
