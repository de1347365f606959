package io.github.rediskit.sample.account;

import java.time.Instant;

import io.github.rediskit.session.UserSession;

/**
 * A session, as its user sees it.
 *
 * @param handle what it is revoked by
 * @param device what the user logged in with
 * @param address where from
 * @param created when
 * @param lastSeen when it was used last
 * @param current whether it is the one that asks
 */
record Device(String handle, String device, String address, Instant created, Instant lastSeen, boolean current) {

	static Device of(UserSession session, String currentHandle) {
		return new Device(session.handle(), session.device(), session.address(), session.created(), session.lastSeen(),
				session.handle().equals(currentHandle));
	}

}
