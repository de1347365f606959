package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.ratelimit.Answer.Charge;
import io.github.rediskit.ratelimit.Answer.Source;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Decides in Redis: one script for all limits of one subject, and for all calls that are
 * there at once.
 *
 * <pre>
 * shop:rate-limit:search:{alice}   what was counted: a string or a sorted set, until it counts no more
 * shop:rate-limit:search:{~others} what new subjects share while there are max-keys of them
 * </pre>
 */
final class RedisLimits implements Limits {

	static final int MOST_POLICIES = 1_000;

	private static final LuaScript RESET = LuaScript.load(RedisLimits.class, "reset.lua");

	private static final LuaScript BLOCK = LuaScript.load(RedisLimits.class, "block.lua");

	private static final String NO_PERMIT = "0";

	private final Map<RateLimitPolicy, Policy> policies = new ConcurrentHashMap<>();

	private final Map<String, Policy> latest = new ConcurrentHashMap<>();

	private final Map<LiveKeys.Kind, LiveKeys> live = new ConcurrentHashMap<>();

	private final RedisGateway redis;

	private final KeySpace keys;

	private final Supplier<String> permits;

	private final LongSupplier nanoTime;

	private final RateLimitListener listener;

	RedisLimits(RedisGateway redis, KeySpace keys, Supplier<String> permits, LongSupplier nanoTime,
			RateLimitListener listener) {
		this.redis = redis;
		this.keys = keys;
		this.permits = permits;
		this.nanoTime = nanoTime;
		this.listener = listener;
	}

	@Override
	public void take(RateLimitRequest request, Told told) {
		takeAll(List.of(request)).whenComplete((answers, failure) -> {
			if (failure != null) {
				told.failed(failure);
			}
			else {
				told.answered(answers.get(0));
			}
		});
	}

	/**
	 * Counts calls of one policy and subject, one after the other, each if it is allowed.
	 * It is one step for all of them.
	 * @param calls the calls, at least one
	 * @return the answer to each, in the same order
	 */
	CompletionStage<List<Answer>> takeAll(List<RateLimitRequest> calls) {
		RateLimitRequest first = calls.get(0);
		Policy policy = policy(first.policy());
		Calls own = new Calls(policy.subject(first.id()), Source.REDIS, calls);
		if (!policy.live().isFull(first.policy().maxKeys())) {
			return own.ask(Ledger.TAKE).thenApply(own::answers);
		}
		return own.ask(Ledger.KNOWN).thenCompose((reply) -> {
			if (!Tally.isUnknown(reply)) {
				return CompletableFuture.completedStage(own.answers(reply));
			}
			this.listener.overflowed(first.policy().name(), first.policy().maxKeys());
			Calls shared = new Calls(policy.others(), Source.SHARED, calls);
			return shared.ask(Ledger.TAKE).thenApply(shared::answers);
		});
	}

	@Override
	public CompletionStage<Answer> look(RateLimitRequest request) {
		Calls own = new Calls(policy(request.policy()).subject(request.id()), Source.REDIS, List.of(request));
		return own.ask(Ledger.LOOK).thenApply((reply) -> {
			own.subject.heard(reply);
			Tally tally = own.tally(reply, 0);
			return Answer.of(Source.REDIS, request.policy(),
					tally.limits().stream().allMatch((limit) -> limit.retryAfter().isZero()), tally.limits(),
					Duration.ZERO, Charge.NONE);
		});
	}

	@Override
	public CompletionStage<Boolean> reset(RateLimitRequest subject) {
		return did(policy(subject.policy()).subject(subject.id()), RESET);
	}

	@Override
	public CompletionStage<Boolean> block(RateLimitRequest subject, Duration duration) {
		return did(policy(subject.policy()).subject(subject.id()), BLOCK,
				Ledger.ascii(RateLimitPolicy.micros(duration)));
	}

	private CompletionStage<Boolean> did(Subject subject, LuaScript script, byte[]... arguments) {
		return this.redis.run(script, subject.key(), arguments).thenApply((reply) -> {
			subject.heard(reply);
			return Tally.number(reply, 0) == 1;
		});
	}

	@Override
	public void freed(RateLimitRequest subject) {
		// nothing is remembered here
	}

	int policies() {
		return this.policies.size();
	}

	/**
	 * Most policies have a name of their own, which is found faster than all they say.
	 */
	private Policy policy(RateLimitPolicy settings) {
		Policy latest = this.latest.get(settings.name());
		if (latest != null && latest.settings().equals(settings)) {
			return latest;
		}
		Policy policy = find(settings);
		this.latest.put(settings.name(), policy);
		return policy;
	}

	private Policy find(RateLimitPolicy settings) {
		Policy known = this.policies.get(settings);
		if (known != null) {
			return known;
		}
		if (this.policies.size() >= MOST_POLICIES) { // they are soon made anew
			this.policies.clear();
			this.latest.clear();
			this.live.clear();
		}
		return this.policies.computeIfAbsent(settings, (policy) -> {
			Ledger ledger = Ledger.of(policy);
			return new Policy(policy, ledger, ledger.arguments(Ledger.TAKE, 1, NO_PERMIT),
					this.keys.family("rate-limit", policy.name()),
					this.live.computeIfAbsent(LiveKeys.Kind.of(policy), (kind) -> new LiveKeys(kind, this.nanoTime)));
		});
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Policy(RateLimitPolicy settings, Ledger ledger, byte[][] takeOne, KeyFamily keys, LiveKeys live) {

		Subject subject(KeyId id) {
			return new Subject(this, id, false);
		}

		Subject others() {
			return new Subject(this, KeyId.ofOthers(), true);
		}

	}

	/**
	 * What is counted.
	 *
	 * @param policy by what
	 * @param id the id of its key
	 * @param shared whether it is what new subjects share
	 */
	private record Subject(Policy policy, KeyId id, boolean shared) {

		byte[][] key() {
			return new byte[][] { this.policy.keys().key(this.id) };
		}

		/** Every answer that is about what was counted ends with how long it lives. */
		void heard(List<@Nullable Object> reply) {
			int size = reply.size();
			if (size > 2 && !this.shared) {
				this.policy.live().moved(Tally.number(reply, size - 2), Tally.number(reply, size - 1));
			}
		}

	}

	/**
	 * Calls that are one script.
	 */
	private final class Calls {

		private final Subject subject;

		private final Source source;

		private final List<RateLimitRequest> calls;

		private final String[] permits;

		Calls(Subject subject, Source source, List<RateLimitRequest> calls) {
			this.subject = subject;
			this.source = source;
			this.calls = calls;
			this.permits = new String[calls.size()];
			boolean permitted = subject.policy().settings().algorithm() == RateLimitAlgorithm.CONCURRENCY;
			for (int i = 0; i < this.permits.length; i++) {
				this.permits[i] = permitted ? RedisLimits.this.permits.get() : NO_PERMIT;
			}
		}

		CompletionStage<List<@Nullable Object>> ask(byte[] what) {
			Policy policy = this.subject.policy();
			Ledger ledger = policy.ledger();
			long cost = this.calls.get(0).cost();
			byte[][] arguments = (cost == 1 && what == Ledger.TAKE && this.permits[0].equals(NO_PERMIT))
					? policy.takeOne() : ledger.arguments(what, cost, this.permits[0]);
			if (this.permits.length > 1) {
				List<byte[]> all = new ArrayList<>(arguments.length * this.permits.length);
				Collections.addAll(all, arguments);
				for (int i = 1; i < this.permits.length; i++) {
					Collections.addAll(all, ledger.call(this.calls.get(i).cost(), this.permits[i]));
				}
				arguments = all.toArray(byte[][]::new);
			}
			return RedisLimits.this.redis.run(ledger.script(), this.subject.key(), arguments);
		}

		List<Answer> answers(List<@Nullable Object> reply) {
			this.subject.heard(reply);
			if (this.permits.length == 1) {
				return List.of(answer(reply, 0));
			}
			List<Answer> answers = new ArrayList<>(this.permits.length);
			for (int i = 0; i < this.permits.length; i++) {
				answers.add(answer(reply, i));
			}
			return answers;
		}

		private Answer answer(List<@Nullable Object> reply, int i) {
			Tally tally = tally(reply, i);
			return Answer.of(this.source, this.subject.policy().settings(), tally.done(), tally.limits(), tally.delay(),
					tally.done() ? new Counted(this.subject, this.calls.get(i).cost(), this.permits[i], tally.receipt())
							: Charge.NONE);
		}

		Tally tally(List<@Nullable Object> reply, int i) {
			return Tally.of(reply, this.subject.policy().settings(), this.subject.policy().ledger(),
					this.permits.length, i, this.calls.get(i).cost());
		}

	}

	/**
	 * What was counted for one call.
	 */
	private final class Counted implements Charge {

		private final Subject subject;

		private final long cost;

		private final String permit;

		private final List<Long> receipt;

		Counted(Subject subject, long cost, String permit, List<Long> receipt) {
			this.subject = subject;
			this.cost = cost;
			this.permit = permit;
			this.receipt = receipt;
		}

		@Override
		public CompletionStage<Boolean> refund() {
			return did(this.subject, this.subject.policy().ledger().script(),
					this.subject.policy().ledger().refund(this.cost, this.permit, this.receipt));
		}

		@Override
		public CompletionStage<Boolean> renew() {
			return did(this.subject, this.subject.policy().ledger().script(),
					this.subject.policy().ledger().arguments(Concurrency.RENEW, this.cost, this.permit));
		}

	}

}
