package io.github.rediskit.spring;

import java.time.Duration;

import io.github.rediskit.messaging.Retries;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOffExecution;

/**
 * Retries as Spring's {@link RetryPolicy} has them. As a message may have been tried
 * elsewhere before, its back-off is counted from the beginning each time.
 *
 * @param policy the policy
 */
public record PolicyRetries(RetryPolicy policy) implements Retries {

	private static final int MOST_STEPS = 1_000;

	@Override
	public @Nullable Duration after(long attempts, Throwable failure) {
		if (!this.policy.shouldRetry(failure)) {
			return null;
		}
		BackOffExecution execution = this.policy.getBackOff().start();
		long millis = 0;
		for (long i = 0; i < Math.min(attempts, MOST_STEPS); i++) {
			millis = execution.nextBackOff();
			if (millis == BackOffExecution.STOP) {
				return null;
			}
		}
		return Duration.ofMillis(millis);
	}

}
