package io.github.rediskit.messaging;

import java.time.Duration;

/*
 * As many as can be handled at once, if handling takes long: what waits here can't be
 * handled by another instance. Many, if they are handled faster than Redis can be asked.
 * So the number is doubled if a delivery was gone within 50 ms, and halved if it took more
 * than 200 ms.
 *
 * Never more than some megabytes: an answer that takes longer than the connection's
 * timeout is lost, and the same ones are asked for again. So whenever there was no answer,
 * half as many are asked for.
 */

/**
 * How many messages to ask for.
 */
final class Demand {

	private static final int MOST_AHEAD = 1_000;

	private static final long MOST_BYTES = 8 << 20;

	private static final long SHORT_NANOS = Duration.ofMillis(50).toNanos();

	private static final long LONG_NANOS = Duration.ofMillis(200).toNanos();

	private final int least;

	private int target;

	private int delivered;

	private long deliveredAt;

	/** How large a message is, about. */
	private long bytesEach;

	Demand(int least) {
		this.least = least;
		this.target = least;
	}

	/**
	 * How many more messages are wanted.
	 * @param here how many there are
	 * @param now what time it is, in ns
	 * @return how many to ask for, or 0
	 */
	int more(int here, long now) {
		if (here >= this.target || (this.target > this.least && here > this.target / 2)) {
			return 0;
		}
		if (this.delivered > 0) {
			adjust(now - this.deliveredAt, here < this.delivered);
			this.delivered = 0;
		}
		return bounded(Math.max(1, this.target - here));
	}

	/**
	 * How many messages of others may be taken over. If messages are handled quickly,
	 * some even if there are enough new ones.
	 */
	int ofOthers(int here) {
		if (here >= 2 * this.target) {
			return 0;
		}
		int wanted = (this.target > this.least) ? this.target : Math.max(0, this.target - here);
		return (wanted > 0) ? bounded(wanted) : 0;
	}

	private int bounded(int count) {
		return (this.bytesEach > 0) ? (int) Math.max(1, Math.min(count, MOST_BYTES / this.bytesEach)) : count;
	}

	/** Of a few that have just come, none may be gone yet: that says nothing. */
	private void adjust(long took, boolean gone) {
		if (gone && took < SHORT_NANOS && this.delivered >= this.target / 2) {
			this.target = Math.max(this.least, Math.min(MOST_AHEAD, 2 * this.target));
		}
		else if (took > LONG_NANOS) {
			this.target = Math.max(this.least, this.target / 2);
		}
	}

	/** Messages came. */
	void delivered(int count, long bytes, long now) {
		this.delivered += count;
		this.deliveredAt = now;
		if (count > 0) {
			this.bytesEach = Math.max(this.bytesEach / 2, bytes / count);
		}
	}

	/** So many were asked for, and no answer came. */
	void unanswered(int asked) {
		this.bytesEach = Math.max(this.bytesEach, 2 * MOST_BYTES / Math.max(2, asked));
	}

}
