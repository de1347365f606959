package io.github.rediskit.autoconfigure.actuator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.lock.AsyncDistributedLocks;
import io.github.rediskit.lock.LockKind;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.lock.LockStatus;
import org.jspecify.annotations.Nullable;

/**
 * The locks that this instance holds, with their keys as they are in Redis: the endpoint
 * is for operators, who can read these there.
 */
final class LocksSection implements RediskitSection {

	static final String NAME = "locks";

	private static final Map<String, LockKind> KINDS = Map.of("exclusive", LockKind.EXCLUSIVE, "read", LockKind.READ,
			"write", LockKind.WRITE, "permit", new LockKind.Permit(1));

	private final AsyncDistributedLocks locks;

	private final Clock clock;

	LocksSection(AsyncDistributedLocks locks, Clock clock) {
		this.locks = locks;
		this.clock = clock;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public List<Lock> content() {
		Instant now = this.clock.instant();
		return this.locks.held().stream().map((status) -> lock(status, now)).toList();
	}

	private static Lock lock(LockStatus status, Instant now) {
		return new Lock(status.name(), status.id().text(), mode(status.kind()), now.minus(status.heldFor()),
				status.validFor(), status.fence(), status.waiting());
	}

	private static String mode(LockKind kind) {
		if (kind instanceof LockKind.Exclusive) {
			return "exclusive";
		}
		return (kind instanceof LockKind.Read) ? "read" : (kind instanceof LockKind.Write) ? "write" : "permit";
	}

	/**
	 * The lock that is shown so.
	 * @throws IllegalArgumentException if nothing is
	 */
	static LockRequest request(String name, String key, @Nullable String mode) {
		LockKind kind = (mode != null) ? KINDS.get(mode) : LockKind.EXCLUSIVE;
		if (kind == null) {
			throw new IllegalArgumentException(
					"There is no mode '%s'. Give exclusive, read, write or permit".formatted(mode));
		}
		return new LockRequest(name, KeyId.parse(key), kind, null, null, true, Duration.ZERO, null);
	}

	/**
	 * A lock that is held.
	 *
	 * @param name the name of the lock
	 * @param key which of that name, as it is in Redis
	 * @param mode {@code exclusive}, {@code read}, {@code write} or {@code permit}
	 * @param since when it was acquired
	 * @param validFor how long it is held if it is not renewed
	 * @param fence the holder's fence
	 * @param waiting how many wait for it in this instance
	 */
	record Lock(String name, String key, String mode, Instant since, Duration validFor, long fence, int waiting) {
	}

}
