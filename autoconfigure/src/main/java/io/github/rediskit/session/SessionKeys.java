package io.github.rediskit.session;

import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;

/**
 * Where sessions lie: each at {@code namespace:session:sessions:{handle}}, the index of a
 * user at {@code namespace:session:users:{name}} and
 * {@code namespace:session:logins:{name}}.
 */
final class SessionKeys {

	private final KeyFamily sessions;

	private final KeyFamily users;

	private final KeyFamily logins;

	SessionKeys(KeySpace keys) {
		this.sessions = keys.family("session", "sessions");
		this.users = keys.family("session", "users");
		this.logins = keys.family("session", "logins");
	}

	byte[] session(String handle) {
		return this.sessions.key(KeyId.of(handle));
	}

	/** Both halves of a user's index, of one slot. */
	byte[][] index(String principal) {
		KeyId id = KeyId.of(principal);
		return new byte[][] { this.users.key(id), this.logins.key(id) };
	}

}
