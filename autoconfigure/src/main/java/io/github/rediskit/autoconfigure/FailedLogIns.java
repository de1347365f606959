package io.github.rediskit.autoconfigure;

import io.github.rediskit.session.TooManySessionsException;

import org.springframework.security.web.authentication.session.SessionAuthenticationException;

/**
 * What a refused log-in is to Spring Security. Loaded only where that is.
 */
final class FailedLogIns {

	private FailedLogIns() {
	}

	static RuntimeException of(TooManySessionsException refused) {
		SessionAuthenticationException failed = new SessionAuthenticationException(
				String.valueOf(refused.getMessage()));
		failed.initCause(refused);
		return failed;
	}

}
