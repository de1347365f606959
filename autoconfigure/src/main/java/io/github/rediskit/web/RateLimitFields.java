package io.github.rediskit.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import io.github.rediskit.web.Standing.Item;
import org.jspecify.annotations.Nullable;

/**
 * The fields {@code RateLimit-Policy} and {@code RateLimit} of one response, of all the
 * limits that had a say in it, as <a href=
 * "https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-11">
 * draft-ietf-httpapi-ratelimit-headers-11</a> has them. Times are whole seconds, rounded
 * up. Decisions may come from any thread.
 */
final class RateLimitFields {

	static final String POLICY = "RateLimit-Policy";

	static final String STATE = "RateLimit";

	/** What the integer of a structured field can be. */
	private static final long MOST = 999_999_999_999_999L;

	private final Map<String, Standing> refusals = new LinkedHashMap<>();

	private final Map<String, Item> items = new LinkedHashMap<>();

	synchronized void add(Standing standing) {
		if (!standing.violated().isEmpty()) {
			this.refusals.put(standing.policy(), standing);
		}
		standing.items().forEach((item) -> this.items.merge(item.name(), item, RateLimitFields::stricter));
	}

	/** Of two keys of one policy: there is one name for both. */
	private static Item stricter(Item one, Item other) {
		if (one.remaining() == null) {
			return other;
		}
		return (other.remaining() == null || one.remaining() < other.remaining()) ? one : other;
	}

	/** The refusal by a policy, if it is known here. */
	synchronized @Nullable Standing refusal(String policy) {
		return this.refusals.get(policy);
	}

	/**
	 * Writes the fields.
	 * @param header takes a name and a value
	 */
	synchronized void write(BiConsumer<String, String> header) {
		if (this.items.isEmpty()) {
			return;
		}
		header.accept(POLICY,
				this.items.values().stream().map(RateLimitFields::policy).collect(Collectors.joining(", ")));
		String states = this.items.values()
			.stream()
			.filter((item) -> item.remaining() != null)
			.map(RateLimitFields::state)
			.collect(Collectors.joining(", "));
		if (!states.isEmpty()) {
			header.accept(STATE, states);
		}
	}

	private static String policy(Item item) {
		StringBuilder text = new StringBuilder(quoted(item.name())).append(";q=").append(Math.min(item.quota(), MOST));
		if (item.period().isZero()) {
			text.append(";qu=\"concurrent-requests\"");
		}
		else if (item.period().toNanosPart() == 0) { // else no number of seconds
														// would be true
			text.append(";w=").append(item.period().toSeconds());
		}
		return text.toString();
	}

	private static String state(Item item) {
		String state = quoted(item.name()) + ";r="
				+ Math.max(0, Math.min((item.remaining() != null) ? item.remaining() : 0, MOST));
		return (item.reset() != null) ? state + ";t=" + seconds(item.reset()) : state;
	}

	/** The names of policies need no escape. */
	private static String quoted(String name) {
		return '"' + name + '"';
	}

	static long seconds(Duration duration) {
		return duration.toSeconds() + ((duration.toNanosPart() > 0) ? 1 : 0);
	}

}
