package io.github.rediskit.sample.customers;

import java.time.Duration;
import java.util.List;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Service;

/**
 * The products that a customer has looked at last: a list of at most {@value #MOST}, each
 * product once. Three commands that belong together are one script, which Spring Data
 * sends by its digest.
 */
@Service
public class RecentlyViewed {

	static final int MOST = 8;

	private static final Duration TTL = Duration.ofDays(30);

	private static final RedisScript<Long> VIEW = new DefaultRedisScript<>("""
			redis.call('LREM', KEYS[1], 0, ARGV[1])
			redis.call('LPUSH', KEYS[1], ARGV[1])
			redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
			redis.call('EXPIRE', KEYS[1], ARGV[3])
			return redis.call('LLEN', KEYS[1])
			""", Long.class);

	private final StringRedisTemplate redis;

	private final ShopKeys keys;

	RecentlyViewed(StringRedisTemplate redis, ShopKeys keys) {
		this.redis = redis;
		this.keys = keys;
	}

	/**
	 * A customer looks at a product.
	 * @param customer the customer's handle
	 * @param productId the product number
	 */
	public void view(String customer, long productId) {
		this.redis.execute(VIEW, List.of(key(customer)), String.valueOf(productId), String.valueOf(MOST),
				String.valueOf(TTL.toSeconds()));
	}

	/**
	 * What the customer has looked at.
	 * @param customer the customer's handle
	 * @return product numbers, the last one first
	 */
	public List<Long> of(String customer) {
		return this.redis.opsForList().range(key(customer), 0, -1).stream().map(Long::valueOf).toList();
	}

	private String key(String customer) {
		return this.keys.ofCustomer("viewed", customer);
	}

}
