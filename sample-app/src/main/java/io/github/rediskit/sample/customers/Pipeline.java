package io.github.rediskit.sample.customers;

import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Commands that share a round trip. The template binds a connection to the thread, so
 * whatever runs here through the template goes into the pipeline, and returns nothing.
 */
@Component
class Pipeline {

	private final StringRedisTemplate redis;

	Pipeline(StringRedisTemplate redis) {
		this.redis = redis;
	}

	void run(Runnable commands) {
		this.redis.executePipelined(new SessionCallback<Object>() {

			@Override
			public <K, V> Object execute(RedisOperations<K, V> bound) throws DataAccessException {
				commands.run();
				return null;
			}

		});
	}

}
