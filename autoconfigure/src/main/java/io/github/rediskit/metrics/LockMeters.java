package io.github.rediskit.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.rediskit.lock.LockListener;
import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times what happens to locks, by their names and never by their keys. The
 * meters of a lock are registered when it is first asked for, once there is a registry.
 * Names are few; if they are not, they are no names, and {@value #OTHERS} counts the
 * rest.
 */
public final class LockMeters implements LockListener {

	static final int MOST_NAMES = 1000;

	static final String OTHERS = "others";

	private final ConcurrentMap<String, MeteredLock> locks = new ConcurrentHashMap<>();

	private volatile @Nullable MeterRegistry registry;

	/**
	 * Registers the meters of all locks, now and as they come.
	 * @param registry where
	 */
	public void bindTo(MeterRegistry registry) {
		this.registry = registry;
		this.locks.values().forEach((lock) -> lock.bindTo(registry));
	}

	@Override
	public void acquired(String lock, Duration waited, boolean contended) {
		MeteredLock meters = of(lock);
		if (contended) {
			meters.contended.increment();
		}
		Timers timers = meters.timers;
		if (timers != null) {
			timers.acquired.record(waited);
		}
	}

	@Override
	public void notAcquired(String lock, Duration waited, Reason reason) {
		Timers timers = of(lock).timers;
		if (timers != null) {
			timers.of(reason).record(waited);
		}
	}

	@Override
	public void skipped(String lock) {
		of(lock).skipped.increment();
	}

	@Override
	public void released(String lock, Duration held) {
		Timers timers = of(lock).timers;
		if (timers != null) {
			timers.hold.record(held);
		}
	}

	@Override
	public void lost(String lock, Duration held, LossReason reason) {
		MeteredLock meters = of(lock);
		meters.lost.increment();
		Timers timers = meters.timers;
		if (timers != null) {
			timers.hold.record(held);
		}
	}

	private MeteredLock of(String name) {
		MeteredLock known = this.locks.get(name);
		if (known != null) {
			return known;
		}
		MeteredLock lock = this.locks.computeIfAbsent((this.locks.size() < MOST_NAMES) ? name : OTHERS,
				MeteredLock::new);
		MeterRegistry registry = this.registry;
		if (registry != null) {
			lock.bindTo(registry);
		}
		return lock;
	}

	/**
	 * The meters of the locks of one name.
	 */
	private static final class MeteredLock {

		private final LongAdder contended = new LongAdder();

		private final LongAdder lost = new LongAdder();

		private final LongAdder skipped = new LongAdder();

		private final String lock;

		private volatile @Nullable Timers timers;

		MeteredLock(String lock) {
			this.lock = lock;
		}

		synchronized void bindTo(MeterRegistry registry) {
			if (this.timers != null) {
				return;
			}
			this.timers = Timers.of(this.lock, registry);
			count("rediskit.lock.contended",
					"Locks that somebody else held when they were asked for, and then released", this.contended,
					registry);
			count("rediskit.lock.lost", "Locks that were lost before they were released", this.lost, registry);
			count("rediskit.lock.skipped", "Calls that did nothing, since somebody else held their lock", this.skipped,
					registry);
		}

		private void count(String name, String description, LongAdder count, MeterRegistry registry) {
			FunctionCounter.builder(name, count, LongAdder::sum)
				.description(description)
				.tag("lock", this.lock)
				.register(registry);
		}

	}

	/**
	 * How long locks are waited for and held.
	 *
	 * @param acquired until one was acquired
	 * @param notAcquired until one was not, by the reason
	 * @param hold until one was released or lost
	 */
	private record Timers(Timer acquired, Map<Reason, Timer> notAcquired, Timer hold) {

		static Timers of(String lock, MeterRegistry registry) {
			Map<Reason, Timer> notAcquired = new EnumMap<>(Reason.class);
			for (Reason reason : Reason.values()) {
				notAcquired.put(reason, wait(lock, reason.name().toLowerCase(Locale.ROOT), registry));
			}
			return new Timers(wait(lock, "acquired", registry), notAcquired,
					Timer.builder("rediskit.lock.hold")
						.description("How long locks were held")
						.tag("lock", lock)
						.register(registry));
		}

		private static Timer wait(String lock, String outcome, MeterRegistry registry) {
			return Timer.builder("rediskit.lock.wait")
				.description("How long it took to acquire locks, or not to")
				.tag("lock", lock)
				.tag("outcome", outcome)
				.register(registry);
		}

		Timer of(Reason reason) {
			return Objects.requireNonNull(this.notAcquired.get(reason));
		}

	}

}
