package io.github.rediskit.metrics;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.rediskit.structures.HeartbeatListener;
import io.github.rediskit.structures.MissedBeatEvent;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to heartbeats, by groups and never by members. Groups are few; if
 * they are not, {@value LockMeters#OTHERS} counts the rest.
 */
public final class HeartbeatMeters implements HeartbeatListener {

	private final ConcurrentMap<String, Counts> groups = new ConcurrentHashMap<>();

	private volatile @Nullable MeterRegistry registry;

	/**
	 * Registers the meters of all groups, now and as they come.
	 * @param registry where
	 */
	public void bindTo(MeterRegistry registry) {
		this.registry = registry;
		this.groups.values().forEach((counts) -> counts.bindTo(registry));
	}

	@Override
	public void missed(String group) {
		of(group).missed.increment();
	}

	@Override
	public void beatFailed(String group, Throwable failure) {
		of(group).beats.increment();
	}

	@Override
	public void watchFailed(String group, Throwable failure) {
		of(group).watches.increment();
	}

	@Override
	public void actionFailed(MissedBeatEvent event, Throwable failure) {
		of(event.group()).actions.increment();
	}

	private Counts of(String group) {
		Counts known = this.groups.get(group);
		if (known != null) {
			return known;
		}
		Counts counts = this.groups
			.computeIfAbsent((this.groups.size() < LockMeters.MOST_NAMES) ? group : LockMeters.OTHERS, Counts::new);
		MeterRegistry registry = this.registry;
		if (registry != null) {
			counts.bindTo(registry);
		}
		return counts;
	}

	/**
	 * What happened in one group.
	 */
	private static final class Counts {

		private final LongAdder missed = new LongAdder();

		private final LongAdder beats = new LongAdder();

		private final LongAdder watches = new LongAdder();

		private final LongAdder actions = new LongAdder();

		private final String group;

		Counts(String group) {
			this.group = group;
		}

		void bindTo(MeterRegistry registry) {
			FunctionCounter.builder("rediskit.heartbeats.missed", this.missed, LongAdder::sum)
				.tag("group", this.group)
				.description("Members that were missed, told to this instance")
				.register(registry);
			failures(registry, "beat", this.beats);
			failures(registry, "watch", this.watches);
			failures(registry, "action", this.actions);
		}

		private void failures(MeterRegistry registry, String what, LongAdder counter) {
			FunctionCounter.builder("rediskit.heartbeats.failures", counter, LongAdder::sum)
				.tag("group", this.group)
				.tag("what", what)
				.description("Beats and watches that Redis did not answer, and actions that threw")
				.register(registry);
		}

	}

}
