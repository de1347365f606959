package io.github.rediskit.sample.customers;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;

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

	private final Pipeline pipeline;

	private final ShopKeys keys;

	Visitors(StringRedisTemplate redis, Pipeline pipeline, ShopKeys keys) {
		this.redis = redis;
		this.pipeline = pipeline;
		this.keys = keys;
	}

	/**
	 * Counts a visitor, once a day.
	 * @param visitor who it is
	 */
	public void count(String visitor) {
		String key = key(today());
		this.pipeline.run(() -> {
			this.redis.opsForHyperLogLog().add(key, visitor);
			this.redis.expire(key, TTL);
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
