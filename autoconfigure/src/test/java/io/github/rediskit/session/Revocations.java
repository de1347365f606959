package io.github.rediskit.session;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What must be true when sessions of a user are revoked while the id of one of them
 * changes, wherever the keys lie. One instance revokes, the other changes the id.
 *
 * @param one an instance
 * @param two another one
 * @param sessions the keys of all sessions that are there
 */
record Revocations(SessionInstance one, SessionInstance two, Supplier<List<String>> sessions) {

	/** The id changes before one of the steps of the revocation. */
	void changeWhileAllAreRevoked(int step) {
		RedisSession request = logIn();
		this.one.logIn("ann");
		this.one.interference.before(step, () -> change(request));
		this.one.users.revokeAll("ann");
		assertThat(this.one.interference.isDone()).as("step %d", step).isTrue();
		assertNobodyIsLeft(step, request);
	}

	/** The same, and one session is to stay. */
	void changeWhileOthersAreRevoked(int step) {
		RedisSession request = logIn();
		RedisSession kept = this.one.logIn("ann");
		this.one.interference.before(step, () -> change(request));
		this.one.users.revokeOthers("ann", kept.getId());
		assertThat(this.one.interference.isDone()).as("step %d", step).isTrue();
		assertThat(this.sessions.get()).as("step %d", step).hasSize(1);
		assertThat(this.one.servlet.findById(kept.getId())).isNotNull();
		this.one.servlet.deleteById(kept.getId());
		assertNobodyIsLeft(step, request);
	}

	/** All sessions are revoked before one of the steps by which an id changes. */
	void revokeWhileAnIdChanges(int step) {
		RedisSession request = logIn();
		this.two.interference.before(step, () -> this.one.users.revokeAll("ann"));
		change(request);
		assertThat(this.two.interference.isDone()).as("step %d", step).isTrue();
		assertNobodyIsLeft(step, request);
	}

	private RedisSession logIn() {
		return this.two.servlet.findById(this.one.logIn("ann").getId());
	}

	private void change(RedisSession request) {
		request.changeSessionId();
		this.two.servlet.save(request);
	}

	private void assertNobodyIsLeft(int step, RedisSession request) {
		assertThat(this.sessions.get()).as("step %d", step).isEmpty();
		assertThat(this.one.users.of("ann")).isEmpty();
		request.setLastAccessedTime(Instant.now());
		request.setAttribute("cart", "lamp");
		this.two.servlet.save(request);
		assertThat(this.sessions.get()).isEmpty();
		assertThat(this.two.servlet.findById(request.getId())).isNull();
	}

}
