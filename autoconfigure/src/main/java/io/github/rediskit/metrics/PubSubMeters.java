package io.github.rediskit.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

import io.github.rediskit.messaging.PubSubListener;
import io.github.rediskit.messaging.SubscriptionGapEvent;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times published messages by their listeners, and never by their channels.
 */
public final class PubSubMeters implements PubSubListener {

	private final ConcurrentMap<String, MeteredListener> listeners = new ConcurrentHashMap<>();

	private final ConcurrentMap<Gaps, LongAdder> gaps = new ConcurrentHashMap<>();

	private volatile @Nullable MeterRegistry registry;

	/**
	 * Registers the meters of all listeners, now and as they come.
	 * @param registry where
	 */
	public void bindTo(MeterRegistry registry) {
		this.registry = registry;
		this.listeners.values().forEach((listener) -> listener.bindTo(registry));
		this.gaps.forEach((gaps, count) -> bindGaps(gaps, count, registry));
	}

	@Override
	public void added(String listener, IntSupplier queued) {
		of(listener).queued = queued;
	}

	@Override
	public void received(String listener) {
		of(listener).received.increment();
	}

	@Override
	public void handled(String listener, Duration took) {
		record(of(listener).handled, took);
	}

	@Override
	public void failed(String listener, Duration took) {
		record(of(listener).failed, took);
	}

	private static void record(@Nullable Timer timer, Duration took) {
		if (timer != null) {
			timer.record(took);
		}
	}

	@Override
	public void dropped(String listener, DropReason reason) {
		Objects.requireNonNull(of(listener).dropped.get(reason)).increment();
	}

	@Override
	public void gap(SubscriptionGapEvent event) {
		this.gaps.computeIfAbsent(new Gaps(event.connection(), event.cause()), (added) -> {
			LongAdder count = new LongAdder();
			MeterRegistry registry = this.registry;
			if (registry != null) {
				bindGaps(added, count, registry);
			}
			return count;
		}).increment();
	}

	private static void bindGaps(Gaps gaps, LongAdder count, MeterRegistry registry) {
		FunctionCounter.builder("rediskit.pubsub.gaps", count, LongAdder::sum)
			.description("How often published messages may have been missed")
			.tag("connection", gaps.connection())
			.tag("cause", word(gaps.cause()))
			.register(registry);
	}

	private static String word(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

	private MeteredListener of(String id) {
		return this.listeners.computeIfAbsent(id, (added) -> {
			MeteredListener listener = new MeteredListener(added);
			MeterRegistry registry = this.registry;
			if (registry != null) {
				listener.bindTo(registry);
			}
			return listener;
		});
	}

	private record Gaps(String connection, SubscriptionGapEvent.Cause cause) {

	}

	/**
	 * The meters of one listener.
	 */
	private static final class MeteredListener {

		private final String listener;

		private final LongAdder received = new LongAdder();

		private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);

		private volatile IntSupplier queued = () -> 0;

		private volatile @Nullable Timer handled;

		private volatile @Nullable Timer failed;

		MeteredListener(String listener) {
			this.listener = listener;
			for (DropReason reason : DropReason.values()) {
				this.dropped.put(reason, new LongAdder());
			}
		}

		synchronized void bindTo(MeterRegistry registry) {
			if (this.handled != null) {
				return;
			}
			this.handled = timer("handled", registry);
			this.failed = timer("failed", registry);
			FunctionCounter.builder("rediskit.pubsub.received", this.received, LongAdder::sum)
				.description("Published messages that came for listeners")
				.tag("listener", this.listener)
				.register(registry);
			this.dropped
				.forEach((reason, count) -> FunctionCounter.builder("rediskit.pubsub.dropped", count, LongAdder::sum)
					.description("Published messages that were dropped before a listener could handle them")
					.tag("listener", this.listener)
					.tag("reason", word(reason))
					.register(registry));
			Gauge.builder("rediskit.pubsub.queued", this, (self) -> self.queued.getAsInt())
				.description("Published messages that wait for listeners")
				.tag("listener", this.listener)
				.register(registry);
		}

		private Timer timer(String outcome, MeterRegistry registry) {
			return Timer.builder("rediskit.pubsub.listener")
				.description("How long listeners took to handle published messages, or to fail")
				.tag("listener", this.listener)
				.tag("outcome", outcome)
				.register(registry);
		}

	}

}
