package io.github.rediskit.messaging;

import java.time.Duration;

/**
 * How a group and its stream or queue are.
 *
 * @param lag how many messages were not delivered to the group yet. A server before Redis
 * 7 counts up to 1,000
 * @param pending how many were delivered and not acknowledged
 * @param oldestPending how long ago the oldest of these was sent
 * @param length how many messages the stream has; of a queue, those not handled yet
 * @param oldest how long ago the oldest of these was sent
 * @param deadLetters how many dead letters there are
 * @param delayed of a queue, how many messages wait for their time
 */
public record GroupStatus(long lag, long pending, Duration oldestPending, long length, Duration oldest,
		long deadLetters, long delayed) {

	/** Of which nothing is known. */
	public static final GroupStatus UNKNOWN = new GroupStatus(0, 0, Duration.ZERO, 0, Duration.ZERO, 0, 0);

}
