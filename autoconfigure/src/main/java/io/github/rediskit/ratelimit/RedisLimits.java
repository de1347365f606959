package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.ratelimit.Answer.Charge;
import io.github.rediskit.ratelimit.Answer.Source;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;

/**
 * Decides in Redis: one script for all limits of one subject.
 *
 * <pre>
 * shop:rate-limit:search:{alice}   what was counted: a string or a sorted set, until it counts no more
 * </pre>
 */
final class RedisLimits implements Limits {

	private static final LuaScript RESET = LuaScript.load(RedisLimits.class, "reset.lua");

	private static final LuaScript BLOCK = LuaScript.load(RedisLimits.class, "block.lua");

	private static final String NO_PERMIT = "0";

	private final Map<String, Policy> policies = new ConcurrentHashMap<>();

	private final RedisGateway redis;

	private final KeySpace keys;

	private final Supplier<String> permits;

	RedisLimits(RedisGateway redis, KeySpace keys, Supplier<String> permits) {
		this.redis = redis;
		this.keys = keys;
		this.permits = permits;
	}

	@Override
	public CompletionStage<Answer> take(RateLimitRequest request) {
		RateLimitPolicy settings = request.policy();
		Policy policy = policy(settings);
		byte[][] key = policy.key(request.id());
		String permit = (settings.algorithm() == RateLimitAlgorithm.CONCURRENCY) ? this.permits.get() : NO_PERMIT;
		return run(policy, key, policy.ledger().arguments(Ledger.TAKE, request.cost(), permit), request.cost())
			.thenApply((tally) -> Answer.of(Source.REDIS, settings, tally.done(), tally.limits(), tally.delay(),
					tally.done() ? new Counted(policy, key, request.cost(), permit, tally.receipt()) : Charge.NONE));
	}

	@Override
	public CompletionStage<Answer> look(RateLimitRequest request) {
		RateLimitPolicy settings = request.policy();
		Policy policy = policy(settings);
		return run(policy, policy.key(request.id()), policy.ledger().arguments(Ledger.LOOK, request.cost(), NO_PERMIT),
				request.cost())
			.thenApply((tally) -> Answer.of(Source.REDIS, settings,
					tally.limits().stream().allMatch((limit) -> limit.retryAfter().isZero()), tally.limits(),
					Duration.ZERO, Charge.NONE));
	}

	private CompletionStage<Tally> run(Policy policy, byte[][] key, byte[][] arguments, long cost) {
		return this.redis.run(policy.ledger().script(), key, arguments)
			.thenApply((reply) -> policy.ledger().read(reply, cost));
	}

	@Override
	public CompletionStage<Boolean> reset(RateLimitRequest subject) {
		return did(RESET, policy(subject.policy()).key(subject.id()));
	}

	@Override
	public CompletionStage<Boolean> block(RateLimitRequest subject, Duration duration) {
		return did(BLOCK, policy(subject.policy()).key(subject.id()), Ledger.ascii(RateLimitPolicy.micros(duration)));
	}

	private CompletionStage<Boolean> did(LuaScript script, byte[][] key, byte[]... arguments) {
		return this.redis.run(script, key, arguments).thenApply((reply) -> Tally.number(reply, 0) == 1);
	}

	@Override
	public void freed(RateLimitRequest subject) {
		// nothing is remembered here
	}

	private Policy policy(RateLimitPolicy settings) {
		Policy known = this.policies.get(settings.name());
		if (known != null && known.settings().equals(settings)) {
			return known;
		}
		Policy fresh = new Policy(settings, Ledger.of(settings), this.keys.family("rate-limit", settings.name()));
		this.policies.put(settings.name(), fresh);
		return fresh;
	}

	private record Policy(RateLimitPolicy settings, Ledger ledger, KeyFamily keys) {

		byte[][] key(KeyId id) {
			return new byte[][] { this.keys.key(id) };
		}

	}

	/**
	 * What was counted for one call.
	 */
	private final class Counted implements Charge {

		private final Policy policy;

		private final byte[][] key;

		private final long cost;

		private final String permit;

		private final List<Long> receipt;

		Counted(Policy policy, byte[][] key, long cost, String permit, List<Long> receipt) {
			this.policy = policy;
			this.key = key;
			this.cost = cost;
			this.permit = permit;
			this.receipt = receipt;
		}

		@Override
		public CompletionStage<Boolean> refund() {
			return did(this.policy.ledger().script(), this.key,
					this.policy.ledger().refund(this.cost, this.permit, this.receipt));
		}

		@Override
		public CompletionStage<Boolean> renew() {
			return did(this.policy.ledger().script(), this.key,
					this.policy.ledger().arguments(Concurrency.RENEW, this.cost, this.permit));
		}

	}

}
