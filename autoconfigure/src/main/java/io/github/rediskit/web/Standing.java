package io.github.rediskit.web;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.github.rediskit.ratelimit.RateLimitAlgorithm;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitPermit;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitStatus;
import org.jspecify.annotations.Nullable;

/**
 * How the limits of one policy stand for a client after a decision, in the words of HTTP.
 *
 * @param policy the name of the policy
 * @param retryAfter when to try again; zero if the request is allowed, or
 * {@link RateLimitDecision#NEVER}
 * @param items the limits that are enforced; empty in shadow mode, and if nobody knows
 * @param violated the names of the limits that refuse
 */
record Standing(String policy, Duration retryAfter, List<Item> items, List<String> violated) {

	/**
	 * After a decision of which all is known.
	 * @param policy the policy
	 * @param permit the decision
	 * @param cost what the request costs
	 * @return how its limits stand
	 */
	static Standing of(RateLimitPolicy policy, RateLimitPermit permit, long cost) {
		RateLimitDecision decision = permit.decision();
		List<RateLimitStatus> statuses = permit.limits();
		if (policy.shadow() || (statuses.isEmpty() && decision.allowed())) {
			return new Standing(policy.name(), decision.retryAfter(), List.of(), List.of());
		}
		List<Item> items = new ArrayList<>();
		List<String> violated = new ArrayList<>();
		if (statuses.isEmpty()) {
			boolean several = policy.limits().size() > 1;
			for (Limit limit : policy.limits()) {
				items.add(Item.unasked(policy.name(), several, limit));
				if (!decision.isNever() || limit.capacity() < cost) {
					violated.add(Item.name(policy.name(), several, limit.period()));
				}
			}
		}
		for (RateLimitStatus status : statuses) {
			Item item = Item.of(policy, statuses.size() > 1, status, decision);
			items.add(item);
			if (!decision.allowed() && !status.retryAfter().isZero()) {
				violated.add(item.name());
			}
		}
		return new Standing(policy.name(), decision.retryAfter(), List.copyOf(items),
				(violated.isEmpty() && !decision.allowed()) ? items.stream().map(Item::name).toList()
						: List.copyOf(violated));
	}

	/**
	 * After a decision of which only the strictest limit is known.
	 * @param policy the policy, if it is known
	 * @param decision the decision
	 * @return how its limits stand, as far as it can be told
	 */
	static Standing of(@Nullable RateLimitPolicy policy, RateLimitDecision decision) {
		if (policy == null || policy.shadow()) {
			return new Standing(decision.policy(), decision.retryAfter(), List.of(), List.of(decision.policy()));
		}
		boolean several = policy.limits().size() > 1;
		List<Limit> strictest = policy.limits()
			.stream()
			.filter((limit) -> !several || limit.limit() == decision.limit())
			.toList();
		boolean known = strictest.size() == 1 && !decision.isNever();
		List<Item> items = policy.limits()
			.stream()
			.map((limit) -> (known && limit.equals(strictest.get(0)))
					? Item.of(policy, several,
							new RateLimitStatus(limit.limit(), limit.period(), decision.remaining(),
									decision.retryAfter(), decision.resetAfter()),
							decision)
					: Item.unasked(policy.name(), several, limit))
			.toList();
		return new Standing(policy.name(), decision.retryAfter(), items,
				strictest.stream()
					.filter((limit) -> known)
					.map((limit) -> Item.name(policy.name(), several, limit.period()))
					.findFirst()
					.map(List::of)
					.orElseGet(() -> items.stream().map(Item::name).toList()));
	}

	/**
	 * One limit.
	 *
	 * @param name its name, unlike that of any other
	 * @param quota how much it allows
	 * @param period in which time; zero if at the same time
	 * @param remaining how much is left, or {@code null} if nobody knows
	 * @param reset when there is more, or {@code null} if nobody knows
	 */
	record Item(String name, long quota, Duration period, @Nullable Long remaining, @Nullable Duration reset) {

		/**
		 * When a request is refused, only what refuses says when it will not: a client
		 * need not wait until all of the others is there again. A refusal that is
		 * remembered ends sooner than it said when it was made.
		 */
		static Item of(RateLimitPolicy policy, boolean several, RateLimitStatus status, RateLimitDecision decision) {
			boolean allowed = decision.allowed();
			Duration retry = status.retryAfter();
			boolean untold = allowed ? policy.algorithm() == RateLimitAlgorithm.CONCURRENCY
					: retry.isZero() || retry.equals(RateLimitDecision.NEVER);
			Duration reset = allowed ? status.resetAfter()
					: (retry.compareTo(decision.retryAfter()) < 0) ? retry : decision.retryAfter();
			return new Item(name(policy.name(), several, status.period()), status.limit(), status.period(),
					status.remaining(), untold ? null : reset);
		}

		static Item unasked(String policy, boolean several, Limit limit) {
			return new Item(name(policy, several, limit.period()), limit.limit(), limit.period(), null, null);
		}

		static String name(String policy, boolean several, Duration period) {
			return several ? policy + "-" + words(period) : policy;
		}

		private static String words(Duration period) {
			return unit(period.toNanos(), 86_400_000_000_000L, "d")
				.or(() -> unit(period.toNanos(), 3_600_000_000_000L, "h"))
				.or(() -> unit(period.toNanos(), 60_000_000_000L, "m"))
				.or(() -> unit(period.toNanos(), 1_000_000_000L, "s"))
				.or(() -> unit(period.toNanos(), 1_000_000L, "ms"))
				.orElseGet(() -> period.toNanos() / 1000 + "us");
		}

		private static Optional<String> unit(long nanos, long unit, String name) {
			return (nanos % unit == 0) ? Optional.of(nanos / unit + name) : Optional.empty();
		}

	}

}
