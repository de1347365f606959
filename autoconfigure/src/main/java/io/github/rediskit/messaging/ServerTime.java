package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * What time it is on the server, as far as it has told.
 */
final class ServerTime {

	private final LongSupplier nanoTime;

	private volatile @Nullable Told told;

	ServerTime(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	void is(long millis) {
		this.told = new Told(millis, this.nanoTime.getAsLong());
	}

	/** What time it will be, in ms since 1970; 0 if nobody knows. */
	long in(Duration time) {
		Told last = this.told;
		return (last == null) ? 0
				: last.millis() + Duration.ofNanos(this.nanoTime.getAsLong() - last.at()).plus(time).toMillis();
	}

	/**
	 * What the server said.
	 *
	 * @param millis its time, in ms since 1970
	 * @param at when that was here
	 */
	private record Told(long millis, long at) {
	}

}
