package io.github.rediskit.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.github.rediskit.session.SessionListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import org.springframework.session.Session;

/**
 * Counts and times what this instance does with sessions, and never whose they are.
 */
public final class SessionMeters implements SessionListener {

	private final LongAdder created = new LongAdder();

	private final LongAdder refused = new LongAdder();

	private final Map<EndReason, LongAdder> ended = counts(EndReason.class);

	private final Map<UnreadableReason, LongAdder> unreadable = counts(UnreadableReason.class);

	private volatile @Nullable Timers timers;

	private static <E extends Enum<E>> Map<E, LongAdder> counts(Class<E> reasons) {
		Map<E, LongAdder> counts = new EnumMap<>(reasons);
		for (E reason : reasons.getEnumConstants()) {
			counts.put(reason, new LongAdder());
		}
		return counts;
	}

	/**
	 * Registers the meters.
	 * @param registry where
	 */
	public void bindTo(MeterRegistry registry) {
		this.timers = new Timers(
				timers(ReadOutcome.class, "rediskit.session.read", "How long sessions took to be read", registry),
				timers(SaveOutcome.class, "rediskit.session.save", "How long sessions took to be saved", registry));
		FunctionCounter.builder("rediskit.session.created", this.created, LongAdder::sum)
			.description("Sessions that were stored for the first time")
			.register(registry);
		FunctionCounter.builder("rediskit.session.refused", this.refused, LongAdder::sum)
			.description("Log-ins of users who had all the sessions that they may have")
			.register(registry);
		this.ended.forEach((reason, count) -> count("rediskit.session.ended",
				"Sessions that were ended before their time", reason, count, registry));
		this.unreadable.forEach((reason, count) -> count("rediskit.session.unreadable",
				"What lay in the place of a session and was none", reason, count, registry));
	}

	private static void count(String name, String description, Enum<?> reason, LongAdder count,
			MeterRegistry registry) {
		FunctionCounter.builder(name, count, LongAdder::sum)
			.description(description)
			.tag("reason", tag(reason))
			.register(registry);
	}

	private static <E extends Enum<E>> Map<E, Timer> timers(Class<E> outcomes, String name, String description,
			MeterRegistry registry) {
		Map<E, Timer> timers = new EnumMap<>(outcomes);
		for (E outcome : outcomes.getEnumConstants()) {
			timers.put(outcome,
					Timer.builder(name).description(description).tag("outcome", tag(outcome)).register(registry));
		}
		return timers;
	}

	private static String tag(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	@Override
	public void created(Session session) {
		this.created.increment();
	}

	@Override
	public void refused() {
		this.refused.increment();
	}

	@Override
	public void ended(Session session, EndReason reason) {
		LongAdder count = this.ended.get(reason);
		if (count != null) {
			count.increment();
		}
	}

	@Override
	public void unreadable(UnreadableReason reason, Throwable failure) {
		LongAdder count = this.unreadable.get(reason);
		if (count != null) {
			count.increment();
		}
	}

	@Override
	public void read(ReadOutcome outcome, Duration took) {
		Timers timers = this.timers;
		record((timers != null) ? timers.read().get(outcome) : null, took);
	}

	@Override
	public void saved(SaveOutcome outcome, Duration took) {
		Timers timers = this.timers;
		record((timers != null) ? timers.save().get(outcome) : null, took);
	}

	private static void record(@Nullable Timer timer, Duration took) {
		if (timer != null) {
			timer.record(took);
		}
	}

	private record Timers(Map<ReadOutcome, Timer> read, Map<SaveOutcome, Timer> save) {

	}

}
