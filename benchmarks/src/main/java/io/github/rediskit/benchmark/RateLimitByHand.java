package io.github.rediskit.benchmark;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import io.github.rediskit.ratelimit.RedisRateLimiter;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.RedisUnavailableException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A limit on Lettuce without a library: our script, with keys and arguments that are made
 * once. They are those that the rate limiter sends for the policy {@code allowed}.
 */
final class RateLimitByHand implements AutoCloseable {

	static final int KEYS = 100;

	private final List<Command> commands = new ArrayList<>();

	private final RedisAsyncCommands<byte[], byte[]> redis;

	RateLimitByHand(ConfigurableApplicationContext application) throws Exception {
		this.redis = connection(application).async();
		RateLimitPolicy policy = application.getBean(AsyncRateLimiter.class).policy("allowed");
		try (RedisRateLimiter limiter = new RedisRateLimiter(recorder(), new KeySpace(null, "by-hand"),
				new RateLimitPolicies(List.of(policy.withOnFailure(OnFailure.OPEN))), List::of, 1, List.of())) {
			for (int id = 0; id < KEYS; id++) {
				limiter.tryAcquire(policy.name(), id, 1);
			}
		}
		if (this.commands.size() != KEYS) {
			throw new IllegalStateException("Not one script per call: " + this.commands.size());
		}
	}

	/** A way to Redis that ends here. */
	private RedisGateway recorder() {
		return (RedisGateway) Proxy.newProxyInstance(RateLimitByHand.class.getClassLoader(),
				new Class<?>[] { RedisGateway.class }, (proxy, method, arguments) -> {
					LuaScript script = (LuaScript) arguments[0];
					this.redis.scriptLoad(script.text()).get();
					this.commands.add(new Command(script.sha1(), (byte[][]) arguments[1], (byte[][]) arguments[2]));
					return CompletableFuture.failedStage(new RedisUnavailableException("Not sent", null));
				});
	}

	/** A connection of its own, with the settings that all contenders have. */
	@SuppressWarnings("unchecked")
	static StatefulRedisConnection<byte[], byte[]> connection(ConfigurableApplicationContext application)
			throws Exception {
		CompletionStage<StatefulConnection<byte[], byte[]>> opening = application.getBean(RedisConnections.class)
			.named(RedisConnections.DEFAULT)
			.openConnection();
		return (StatefulRedisConnection<byte[], byte[]>) opening.toCompletableFuture().get();
	}

	boolean allows(int id) throws Exception {
		Command command = this.commands.get(id);
		List<Object> reply = this.redis
			.<List<Object>>evalsha(command.sha1(), ScriptOutputType.MULTI, command.keys(), command.arguments())
			.get();
		return reply.get(0).equals(1L);
	}

	@Override
	public void close() {
		this.redis.getStatefulConnection().close();
	}

	/**
	 * What is sent.
	 *
	 * @param sha1 the script
	 * @param keys its key
	 * @param arguments its arguments
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Command(String sha1, byte[][] keys, byte[][] arguments) {
	}

}
