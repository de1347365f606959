package io.github.rediskit.ratelimit;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.ratelimit.Answer.Charge;
import io.github.rediskit.ratelimit.Answer.Source;
import io.github.rediskit.ratelimit.Pulse.Rhythm;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Rate limits that all instances share in Redis. What surrounds a decision, from the
 * outside: waiting, shadow mode, refusals that are remembered, the answer to an outage,
 * the time budget, trips that several calls share.
 */
public final class RedisRateLimiter implements AsyncRateLimiter, RateLimitChanges, AutoCloseable {

	private static final Duration LONGEST_BLOCK = Duration.ofDays(3650);

	private final RateLimitPolicies policies;

	private final Plans plans;

	private final Limits limits;

	private final DenyCache refusals;

	private final RateLimitListener listener;

	private final ScheduledThreadPoolExecutor timer;

	private final Pulse pulse;

	/**
	 * Creates the rate limiter.
	 * @param redis the connection that it uses
	 * @param keys where its keys lie
	 * @param policies the declared policies
	 * @param resolvers what gives subjects policies of their own, asked for when it is
	 * needed
	 * @param instances how many instances share a limit while Redis does not decide,
	 * unless they have been counted
	 * @param listeners what is told what happens
	 */
	public RedisRateLimiter(RedisGateway redis, KeySpace keys, RateLimitPolicies policies,
			Supplier<List<PolicyResolver>> resolvers, int instances, List<RateLimitListener> listeners) {
		this(redis, keys, policies, resolvers, instances, listeners, System::nanoTime, randomIds(new SecureRandom()));
	}

	RedisRateLimiter(RedisGateway redis, KeySpace keys, RateLimitPolicies policies,
			Supplier<List<PolicyResolver>> resolvers, int instances, List<RateLimitListener> listeners,
			LongSupplier nanoTime, Supplier<String> ids) {
		this.policies = policies;
		this.plans = new Plans(policies, resolvers);
		this.listener = new RateLimitListeners(listeners);
		this.timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "rediskit-rate-limit-timer");
			thread.setDaemon(true);
			return thread;
		});
		this.timer.setRemoveOnCancelPolicy(true);
		this.pulse = new Pulse(redis, keys, ids.get(), policies, instances, this.listener, this.timer, Rhythm.USUAL);
		Limits inTime = new TimeBudget(
				new SharedTrips(new RedisLimits(redis, keys, ids, nanoTime, this.listener), nanoTime), this.timer);
		Limits always = new OutagePolicy(inTime, new LocalLimits(this.pulse::instances, nanoTime), this.listener);
		this.refusals = new DenyCache(always, nanoTime);
		this.limits = new WaitingLimits(new Shadow(this.refusals), this.timer, nanoTime, this.listener);
	}

	private static Supplier<String> randomIds(SecureRandom random) {
		return () -> HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
	}

	@Override
	public RateLimitPolicy policy(String name) {
		return this.policies.get(name);
	}

	@Override
	public RateLimitPolicy policy(String name, @Nullable Object key) {
		return this.plans.of(name, required(key, name));
	}

	@Override
	public CompletionStage<RateLimitPermit> acquire(RateLimitPolicy policy, @Nullable Object key, long cost) {
		return decided(request(policy, key, cost), (request, answer) -> new Permit(request, answer, true));
	}

	@Override
	public CompletionStage<RateLimitDecision> tryAcquire(RateLimitPolicy policy, @Nullable Object key, long cost) {
		return decided(request(policy, key, cost), (request, answer) -> answer.decision());
	}

	@Override
	public Optional<RateLimitPermit> refusal(RateLimitPolicy policy, @Nullable Object key, long cost) {
		RateLimitRequest request = request(policy, key, cost);
		Answer known = policy.shadow() ? null : this.refusals.refusal(request);
		if (known == null) {
			return Optional.empty();
		}
		tell(request, known);
		return Optional.of(new Permit(request, known, false));
	}

	private <T> CompletionStage<T> decided(RateLimitRequest request, Result<T> result) {
		Decided<T> decided = new Decided<>(request, result);
		this.limits.take(request, decided);
		return decided;
	}

	/** Where nothing was counted no room is made. */
	private CompletionStage<Boolean> takeBack(RateLimitRequest request, Answer answer) {
		return (answer.charge() == Charge.NONE) ? CompletableFuture.completedStage(false)
				: answer.charge().refund().handle((done, failure) -> {
					this.limits.freed(request);
					return failure == null && done;
				});
	}

	private void tell(RateLimitRequest request, Answer answer) {
		RateLimitDecision decision = answer.decision();
		if (answer.source() == Source.SHADOW) {
			this.listener.shadow(decision.policy());
		}
		else if (decision.allowed()) {
			this.listener.allowed(decision.policy(), decision.remaining(), decision.limit());
			if (answer.isNear(request.policy())) {
				this.listener.near(decision.policy());
			}
		}
		else {
			this.listener.refused(decision.policy(), answer.source() == Source.MEMORY);
		}
	}

	@Override
	public CompletionStage<RateLimitDecision> peek(String policy, @Nullable Object key) {
		return this.limits.look(request(policy(policy, key), key, 1)).thenApply(Answer::decision);
	}

	@Override
	public CompletionStage<Boolean> reset(String policy, @Nullable Object key) {
		return this.limits.reset(request(policy(policy, key), key, 1));
	}

	@Override
	public CompletionStage<Boolean> block(String policy, @Nullable Object key, Duration duration) {
		RateLimitRequest subject = request(policy(policy, key), key, 1);
		if (subject.policy().algorithm() == RateLimitAlgorithm.CONCURRENCY) {
			throw new IllegalArgumentException(
					"Rate limit policy '%s' counts running calls, which can't be blocked. Use another policy for it"
						.formatted(policy));
		}
		if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST_BLOCK) > 0) {
			throw new IllegalArgumentException(
					"A key of the rate limit policy '%s' can't be blocked for %s. Give a duration up to ten years"
						.formatted(policy, duration));
		}
		return this.limits.block(subject, duration);
	}

	@Override
	public CompletionStage<@Nullable Void> change(RateLimitPolicy policy) {
		return confirmed(policy.name(), this.policies.changeTo(policy));
	}

	@Override
	public CompletionStage<@Nullable Void> restore(String policy) {
		return confirmed(this.policies.get(policy).name(), null);
	}

	private CompletionStage<@Nullable Void> confirmed(String policy, @Nullable PolicyChange change) {
		return this.pulse.change(policy, change).exceptionally((failure) -> {
			throw new RateLimitUnavailableException(policy,
					"Redis did not confirm the change of the rate limit '%s'".formatted(policy),
					OutagePolicy.unwrapped(failure));
		});
	}

	/**
	 * From now on this instance is counted, and hears of changes of its policies.
	 */
	public void start() {
		this.pulse.start();
	}

	/**
	 * From now on this instance is not counted, and does not hear of changes.
	 * @return completed when Redis knows it, or does not answer; never with a failure
	 */
	public CompletionStage<?> stop() {
		return this.pulse.stop();
	}

	private static RateLimitRequest request(RateLimitPolicy policy, @Nullable Object key, long cost) {
		return new RateLimitRequest(policy, KeyId.of(required(key, policy.name())), Math.max(1, cost));
	}

	private static Object required(@Nullable Object key, String policy) {
		if (key == null) {
			throw new IllegalArgumentException(
					"The key for the rate limit policy '%s' is null. Give what is limited, such as the user's id"
						.formatted(policy));
		}
		return key;
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

	private interface Result<T> {

		T of(RateLimitRequest request, Answer answer);

	}

	/**
	 * What a caller gets. Cancelling it takes back what was counted.
	 */
	private final class Decided<T> extends CompletableFuture<T> implements Told {

		private final RateLimitRequest request;

		private final Result<T> result;

		Decided(RateLimitRequest request, Result<T> result) {
			this.request = request;
			this.result = result;
		}

		/** Whatever goes wrong here, nobody waits for ever. */
		@Override
		public void answered(Answer answer) {
			try {
				decide(answer);
			}
			catch (RuntimeException | Error ex) {
				completeExceptionally(ex);
			}
		}

		private void decide(Answer answer) {
			if (isDone()) {
				takeBack(this.request, answer);
				return;
			}
			tell(this.request, answer);
			T value = this.result.of(this.request, answer);
			if (!complete(value)) {
				if (value instanceof RateLimitPermit permit) {
					permit.refund();
				}
				else {
					takeBack(this.request, answer);
				}
			}
		}

		@Override
		public void failed(Throwable failure) {
			completeExceptionally(OutagePolicy.unwrapped(failure));
		}

		/** Who does not wait for long is answered soon, and taken back then. */
		@Override
		public void whenGivenUp(Runnable end) {
			whenComplete((value, failure) -> {
				if (isCancelled()) {
					end.run();
				}
			});
		}

	}

	/**
	 * A decision, and what was counted for it.
	 */
	private final class Permit implements RateLimitPermit {

		private final RateLimitRequest request;

		private final Answer answer;

		private final AtomicBoolean over = new AtomicBoolean();

		private final @Nullable Future<?> renewal;

		Permit(RateLimitRequest request, Answer answer, boolean renewed) {
			this.request = request;
			this.answer = answer;
			this.renewal = (renewed && isHeld()) ? renewal() : null;
		}

		/** Others count what has begun, not what is running. */
		private boolean isHeld() {
			return this.request.policy().algorithm() == RateLimitAlgorithm.CONCURRENCY
					&& this.answer.charge() != Charge.NONE;
		}

		private @Nullable Future<?> renewal() {
			long nanos = this.request.policy().hold().toNanos() / 3;
			try {
				return RedisRateLimiter.this.timer.scheduleWithFixedDelay(this.answer.charge()::renew, nanos, nanos,
						TimeUnit.NANOSECONDS);
			}
			catch (RejectedExecutionException ex) {
				return null; // the application is stopping
			}
		}

		@Override
		public RateLimitDecision decision() {
			return this.answer.decision();
		}

		@Override
		public List<RateLimitStatus> limits() {
			return this.answer.limits();
		}

		@Override
		public void release() {
			if (isHeld()) {
				refund();
			}
		}

		@Override
		public CompletionStage<Boolean> refund() {
			if (!this.over.compareAndSet(false, true)) {
				return CompletableFuture.completedStage(false);
			}
			if (this.renewal != null) {
				this.renewal.cancel(false);
			}
			return takeBack(this.request, this.answer);
		}

	}

}
