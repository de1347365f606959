package io.github.rediskit.autoconfigure;

import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RedisRateLimiter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/**
 * Lets instances be counted, and hear of changed policies, while the application runs and
 * has policies.
 */
final class RateLimitPulse implements SmartLifecycle {

	private final ObjectProvider<RedisRateLimiter> limiter;

	private final RateLimitPolicies policies;

	private final int phase;

	private volatile boolean running;

	RateLimitPulse(ObjectProvider<RedisRateLimiter> limiter, RateLimitPolicies policies, int phase) {
		this.limiter = limiter;
		this.policies = policies;
		this.phase = phase;
	}

	/** The first policy may be defined by a bean that is made after the start. */
	void begin() {
		if (this.running && !this.policies.names().isEmpty()) {
			this.limiter.ifAvailable(RedisRateLimiter::start);
		}
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

	@Override
	public void start() {
		this.running = true;
		begin();
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		if (this.policies.names().isEmpty()) {
			callback.run();
			return;
		}
		RedisRateLimiter limiter = this.limiter.getIfAvailable();
		if (limiter == null) {
			callback.run();
		}
		else {
			limiter.stop().whenComplete((stopped, failure) -> callback.run());
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
