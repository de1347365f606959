package io.github.rediskit.session;

import java.security.SecureRandom;
import java.time.InstantSource;

import org.springframework.session.SessionIdGenerator;

/**
 * What the sessions of an instance take from outside.
 *
 * @param ids makes the ids of sessions
 * @param clock tells when sessions are created
 * @param random makes what only this instance knows
 */
public record SessionSources(SessionIdGenerator ids, InstantSource clock, SecureRandom random) {

	private static final int SECRET_LENGTH = 32;

	byte[] secret() {
		byte[] secret = new byte[SECRET_LENGTH];
		this.random.nextBytes(secret);
		return secret;
	}

}
