package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.LettuceGateway;
import io.github.rediskit.script.RedisGateway;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;

import static org.awaitility.Awaitility.await;

/**
 * One instance of an application as {@link RateLimitInstance} is, but without a circuit
 * breaker and with nothing that remembers each decision: for many calls. Its way to Redis
 * can be watched.
 */
final class BareInstance implements AutoCloseable {

	private final RedisClient client;

	private final LettuceGateway gateway;

	final AtomicInteger outages = new AtomicInteger();

	final RedisRateLimiter async;

	final RateLimiter limiter;

	BareInstance(String uri, RateLimitPolicy... policies) {
		this(uri, UnaryOperator.identity(), List.of(), policies);
	}

	BareInstance(String uri, UnaryOperator<RedisGateway> way, List<RateLimitListener> listeners,
			RateLimitPolicy... policies) {
		RedisURI address = RedisURI.create(uri);
		this.client = RedisClient.create(address);
		this.client
			.setOptions(ClientOptions.builder().disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS).build());
		this.gateway = new LettuceGateway(
				() -> this.client.connectAsync(ByteArrayCodec.INSTANCE, address)
					.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
				() -> this.client.connectPubSubAsync(ByteArrayCodec.INSTANCE, address), Duration.ofSeconds(5));
		await().atMost(Duration.ofMinutes(1)) // several processes may be starting
			.ignoreExceptions()
			.until(() -> this.gateway.time().toCompletableFuture().get(5, TimeUnit.SECONDS) > 0);
		RateLimitListener counting = new RateLimitListener() {

			@Override
			public void outage(String policy, Throwable failure) {
				BareInstance.this.outages.incrementAndGet();
			}

		};
		List<RateLimitListener> all = new ArrayList<>(listeners);
		all.add(counting);
		this.async = new RedisRateLimiter(way.apply(this.gateway), new KeySpace(null, "shop"),
				new RateLimitPolicies(List.of(policies)), List::of, 1, all);
		this.limiter = new BlockingRateLimiter(this.async);
	}

	@Override
	public void close() {
		this.async.close();
		this.gateway.close();
		this.client.shutdown(Duration.ZERO, Duration.ZERO);
	}

}
