package io.github.rediskit.sample.account;

import java.time.Instant;

/**
 * What the session remembers of a visit to the devices. As a type of the application it
 * is named in {@code rediskit.session.allowed-types}.
 *
 * @param since when the first was
 * @param looks how many there were
 */
record Visit(Instant since, int looks) {

	Visit again() {
		return new Visit(this.since, this.looks + 1);
	}

}
