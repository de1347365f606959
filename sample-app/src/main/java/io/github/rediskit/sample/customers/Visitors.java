package io.github.rediskit.sample.customers;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;

import org.springframework.data.redis.connection.StringRedisConnection;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Service;

/**
 * How many different visitors a day has: a HyperLogLog of 12 KB at most, which is right
 * to within about one per cent and does not know who they are.
 */
@Service
public class Visitors {

	private static final Duration TTL = Duration.ofDays(30);

	private final StringRedisTemplate redis;

	private final ShopKeys keys;

	Visitors(StringRedisTemplate redis, ShopKeys keys) {
		this.redis = redis;
		this.keys = keys;
	}

	/**
	 * Counts a visitor, once a day.
	 * @param visitor who it is
	 */
	public void count(String visitor) {
		String key = key(today());
		this.redis.executePipelined((RedisCallback<?>) (connection) -> {
			StringRedisConnection pipeline = (StringRedisConnection) connection;
			pipeline.pfAdd(key, visitor);
			pipeline.expire(key, TTL.toSeconds());
			return null;
		});
	}

	/** About how many different visitors today has had. */
	public long ofToday() {
		return this.redis.opsForHyperLogLog().size(key(today()));
	}

	private static LocalDate today() {
		return LocalDate.now(ZoneOffset.UTC);
	}

	private String key(LocalDate day) {
		return this.keys.ofDay("visitors", day.toString());
	}

}
