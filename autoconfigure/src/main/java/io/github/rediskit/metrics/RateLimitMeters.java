package io.github.rediskit.metrics;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.rediskit.ratelimit.RateLimitListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the rate limits decide, by policy and never by key. The meters of a policy
 * are registered with its first decision, once there is a registry.
 */
public final class RateLimitMeters implements RateLimitListener {

	private final ConcurrentMap<String, MeteredPolicy> policies = new ConcurrentHashMap<>();

	private volatile @Nullable MeterRegistry registry;

	/**
	 * Registers the meters of all policies, now and as they come.
	 * @param registry where
	 */
	public void bindTo(MeterRegistry registry) {
		this.registry = registry;
		this.policies.values().forEach((policy) -> policy.bindTo(registry));
	}

	@Override
	public void allowed(String policy, long remaining, long limit) {
		of(policy).allowed.increment();
	}

	@Override
	public void near(String policy) {
		of(policy).near.increment();
	}

	@Override
	public void overflowed(String policy, long maxKeys) {
		of(policy).overflowed.increment();
	}

	@Override
	public void refused(String policy, boolean remembered) {
		MeteredPolicy meters = of(policy);
		(remembered ? meters.remembered : meters.refused).increment();
	}

	@Override
	public void waited(String policy, Duration duration) {
		of(policy).waited(duration);
	}

	@Override
	public void shadow(String policy) {
		of(policy).shadow.increment();
	}

	@Override
	public void local(String policy, boolean allowed) {
		MeteredPolicy meters = of(policy);
		(allowed ? meters.localAllowed : meters.localRefused).increment();
	}

	@Override
	public void outage(String policy, Throwable failure) {
		of(policy).outages.increment();
	}

	private MeteredPolicy of(String name) {
		MeteredPolicy known = this.policies.get(name);
		if (known != null) {
			return known;
		}
		MeteredPolicy policy = this.policies.computeIfAbsent(name, MeteredPolicy::new);
		MeterRegistry registry = this.registry;
		if (registry != null) {
			policy.bindTo(registry);
		}
		return policy;
	}

	/**
	 * The meters of one policy.
	 */
	private static final class MeteredPolicy {

		private final LongAdder allowed = new LongAdder();

		private final LongAdder near = new LongAdder();

		private final LongAdder overflowed = new LongAdder();

		private final LongAdder refused = new LongAdder();

		private final LongAdder remembered = new LongAdder();

		private final LongAdder shadow = new LongAdder();

		private final LongAdder localAllowed = new LongAdder();

		private final LongAdder localRefused = new LongAdder();

		private final LongAdder outages = new LongAdder();

		private final String policy;

		private volatile @Nullable Timer waited;

		MeteredPolicy(String policy) {
			this.policy = policy;
		}

		void waited(Duration duration) {
			Timer timer = this.waited;
			if (timer != null) {
				timer.record(duration);
			}
		}

		synchronized void bindTo(MeterRegistry registry) {
			if (this.waited != null) {
				return;
			}
			this.waited = Timer.builder("rediskit.ratelimit.wait")
				.description("How long calls waited before they were allowed")
				.tag("policy", this.policy)
				.register(registry);
			String decisions = "Decisions, each once";
			count("rediskit.ratelimit.decisions", decisions, "allowed", this.allowed, registry);
			count("rediskit.ratelimit.decisions", decisions, "refused", this.refused, registry);
			count("rediskit.ratelimit.decisions", decisions, "remembered", this.remembered, registry);
			count("rediskit.ratelimit.decisions", decisions, "shadow", this.shadow, registry);
			String local = "Decisions that this instance made by its share, since Redis did not";
			count("rediskit.ratelimit.local", local, "allowed", this.localAllowed, registry);
			count("rediskit.ratelimit.local", local, "refused", this.localRefused, registry);
			count("rediskit.ratelimit.outages", "Decisions that Redis did not make", this.outages, registry);
			count("rediskit.ratelimit.near", "Calls that were allowed with less than a fifth of a limit left",
					this.near, registry);
			count("rediskit.ratelimit.overflowed",
					"Calls of new keys that were counted together, since there were max-keys of them", this.overflowed,
					registry);
		}

		private void count(String name, String description, LongAdder count, MeterRegistry registry) {
			FunctionCounter.builder(name, count, LongAdder::sum)
				.description(description)
				.tag("policy", this.policy)
				.register(registry);
		}

		private void count(String name, String description, String result, LongAdder count, MeterRegistry registry) {
			FunctionCounter.builder(name, count, LongAdder::sum)
				.description(description)
				.tag("policy", this.policy)
				.tag("result", result)
				.register(registry);
		}

	}

}
