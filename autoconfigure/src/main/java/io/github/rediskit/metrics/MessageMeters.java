package io.github.rediskit.metrics;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

import io.github.rediskit.messaging.ConsumerListener;
import io.github.rediskit.messaging.ConsumerRequest;
import io.github.rediskit.messaging.GroupStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times what happens to messages of streams and queues, by the names that
 * listeners have, of which there are few. Gauges show what was asked last, some seconds
 * ago, and ask nothing.
 */
public final class MessageMeters implements ConsumerListener {

	private final ConcurrentMap<Tags, MeteredGroup> groups = new ConcurrentHashMap<>();

	private volatile @Nullable MeterRegistry registry;

	/**
	 * Registers the meters of all groups, now and as they come.
	 * @param registry where
	 */
	public void bindTo(MeterRegistry registry) {
		this.registry = registry;
		this.groups.values().forEach((group) -> group.bindTo(registry));
	}

	@Override
	public void started(Source consumer, ConsumerRequest request) {
		of(consumer);
	}

	@Override
	public void handled(Source consumer, int count, Duration took) {
		MeteredGroup group = of(consumer);
		group.processed.add(count);
		Timer timer = group.timer;
		if (timer != null) {
			timer.record(took);
		}
	}

	@Override
	public void failed(Source consumer, long attempt, Throwable failure) {
		of(consumer).failed.increment();
	}

	@Override
	public void dead(Source consumer, long attempts, Throwable failure) {
		of(consumer).dead.increment();
	}

	@Override
	public void claimed(Source consumer, int count) {
		of(consumer).claimed.add(count);
	}

	@Override
	public void lost(Source consumer, int count) {
		of(consumer).lost.add(count);
	}

	@Override
	public void sampled(Source consumer, GroupStatus status, long maxLength) {
		of(consumer).status = status;
	}

	private MeteredGroup of(Source source) {
		Tags tags = source.queue() ? Tags.of("queue", source.name())
				: Tags.of(Tag.of("stream", source.name()), Tag.of("group", source.group()));
		MeteredGroup known = this.groups.get(tags);
		if (known != null) {
			return known;
		}
		MeteredGroup group = this.groups.computeIfAbsent(tags, (added) -> new MeteredGroup(source.queue(), added));
		MeterRegistry registry = this.registry;
		if (registry != null) {
			group.bindTo(registry);
		}
		return group;
	}

	/**
	 * The meters of one group, or of one queue.
	 */
	private static final class MeteredGroup {

		private final LongAdder processed = new LongAdder();

		private final LongAdder failed = new LongAdder();

		private final LongAdder dead = new LongAdder();

		private final LongAdder claimed = new LongAdder();

		private final LongAdder lost = new LongAdder();

		private final boolean queue;

		private final String prefix;

		private final Tags tags;

		private volatile GroupStatus status = GroupStatus.UNKNOWN;

		private volatile @Nullable Timer timer;

		MeteredGroup(boolean queue, Tags tags) {
			this.queue = queue;
			this.prefix = queue ? "rediskit.queue." : "rediskit.stream.";
			this.tags = tags;
		}

		synchronized void bindTo(MeterRegistry registry) {
			if (this.timer != null) {
				return;
			}
			this.timer = Timer.builder(this.prefix + "handling")
				.description("How long it took to handle messages, a batch at once")
				.tags(this.tags)
				.register(registry);
			count("processed", "Messages that were handled", this.processed, registry);
			count("failed", "Attempts to handle messages that failed", this.failed, registry);
			count("dead", "Messages that were given up", this.dead, registry);
			count("claimed", "Messages that were taken over from consumers that had been silent", this.claimed,
					registry);
			count("lost", "Messages that were removed from the stream before they were handled", this.lost, registry);
			gauge("lag", "Messages that were not delivered yet", GroupStatus::lag, registry);
			gauge("pending", "Messages that were delivered and are not handled yet", GroupStatus::pending, registry);
			seconds("oldest.pending.age", "How long ago the oldest of these was sent",
					(status) -> seconds(status.oldestPending()), registry);
			gauge("length", "Messages that are there", GroupStatus::length, registry);
			gauge("dead.letters", "Dead letters that are there", GroupStatus::deadLetters, registry);
			if (this.queue) {
				seconds("oldest.age", "How long ago the oldest message was sent", (status) -> seconds(status.oldest()),
						registry);
				gauge("delayed", "Messages whose time has not come", GroupStatus::delayed, registry);
			}
		}

		private static double seconds(Duration duration) {
			return duration.toMillis() / 1e3;
		}

		private void count(String name, String description, LongAdder count, MeterRegistry registry) {
			FunctionCounter.builder(this.prefix + name, count, LongAdder::sum)
				.description(description)
				.tags(this.tags)
				.register(registry);
		}

		private void gauge(String name, String description, ToDoubleFunction<GroupStatus> value,
				MeterRegistry registry) {
			Gauge.builder(this.prefix + name, this, (group) -> value.applyAsDouble(group.status))
				.description(description)
				.tags(this.tags)
				.register(registry);
		}

		private void seconds(String name, String description, ToDoubleFunction<GroupStatus> value,
				MeterRegistry registry) {
			Gauge.builder(this.prefix + name, this, (group) -> value.applyAsDouble(group.status))
				.description(description)
				.baseUnit("seconds")
				.tags(this.tags)
				.register(registry);
		}

	}

}
