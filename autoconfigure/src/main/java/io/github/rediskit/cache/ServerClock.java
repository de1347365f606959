package io.github.rediskit.cache;

import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * What time it is on the server, counted on since the server last told it. So the clocks
 * of the instances need not agree. It is wrong by at most the round trip in which it was
 * heard, and after a failover by what the servers' clocks differ, until it is heard
 * again.
 */
final class ServerClock {

	private static final long OVERDUE_NANOS = TimeUnit.SECONDS.toNanos(10);

	/** How long an answer is awaited before somebody asks again. */
	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Clock own;

	private final LongSupplier nanoTime;

	private volatile @Nullable Heard heard;

	private final AtomicLong asked;

	ServerClock(Sources sources) {
		this.own = sources.clock();
		this.nanoTime = sources.nanoTime();
		this.asked = new AtomicLong(this.nanoTime.getAsLong() - 2 * PATIENCE_NANOS);
	}

	boolean isKnown() {
		return this.heard != null;
	}

	boolean isOverdue() {
		Heard last = this.heard;
		return last == null || this.nanoTime.getAsLong() - last.at() > OVERDUE_NANOS;
	}

	/** Whether the server is to be asked: one of many callers is told so. */
	boolean isToBeAsked() {
		if (!isOverdue()) {
			return false;
		}
		long now = this.nanoTime.getAsLong();
		long before = this.asked.get();
		return now - before > PATIENCE_NANOS && this.asked.compareAndSet(before, now);
	}

	/** Milliseconds since 1970. */
	long millis() {
		Heard last = this.heard;
		return (last != null) ? last.millis() + TimeUnit.NANOSECONDS.toMillis(this.nanoTime.getAsLong() - last.at())
				: this.own.millis();
	}

	/**
	 * Takes note of an answer. Of several, the quickest is the most exact.
	 * @param millis what the server said, not positive if it did not say
	 * @param asked when it was asked, by the nano time
	 */
	void heard(long millis, long asked) {
		long now = this.nanoTime.getAsLong();
		long roundTrip = now - asked;
		Heard last = this.heard;
		if (last == null || isOverdue() || (millis > 0 && roundTrip < last.roundTrip())) {
			this.heard = new Heard((millis > 0) ? millis : this.own.millis(), now - roundTrip / 2, roundTrip);
		}
	}

	private record Heard(long millis, long at, long roundTrip) {
	}

}
