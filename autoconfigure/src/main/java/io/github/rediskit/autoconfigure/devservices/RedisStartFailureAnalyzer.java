package io.github.rediskit.autoconfigure.devservices;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to install when the development Redis cannot be started.
 */
final class RedisStartFailureAnalyzer extends AbstractFailureAnalyzer<RedisStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, RedisStartException cause) {
		return new FailureAnalysis("The development Redis could not be started: " + cause.description(), cause.action(),
				cause);
	}

}
