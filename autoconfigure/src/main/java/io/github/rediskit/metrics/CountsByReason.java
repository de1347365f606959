package io.github.rediskit.metrics;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/**
 * A count for each of a few reasons, all of which are there from the start.
 *
 * @param <R> the type of the reasons
 */
final class CountsByReason<R extends Enum<R>> {

	private final Map<R, LongAdder> counts;

	CountsByReason(Class<R> reasons) {
		this.counts = new EnumMap<>(reasons);
		for (R reason : reasons.getEnumConstants()) {
			this.counts.put(reason, new LongAdder());
		}
	}

	@SuppressWarnings("NullAway") // every reason has been put
	LongAdder of(R reason) {
		return this.counts.get(reason);
	}

	long sum() {
		return this.counts.values().stream().mapToLong(LongAdder::sum).sum();
	}

	/** Each reason as the value of a tag, such as {@code load-failed}. */
	void forEach(BiConsumer<String, LongAdder> action) {
		this.counts
			.forEach((reason, count) -> action.accept(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
	}

}
