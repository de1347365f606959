package io.github.rediskit.sample.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.messaging.RedisStreams;

import org.springframework.data.domain.Range;
import org.springframework.data.redis.connection.Limit;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.core.StreamOperations;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Service;

/**
 * The way in, and what an operator sees of it.
 */
@Service
public class OrderPipeline {

	private static final String STREAM = "orders";

	private static final String GROUP = "billing";

	private static final int LETTERS_SHOWN = 20;

	private final RedisStreams streams;

	private final Billing billing;

	private final Journal journal;

	private final StreamOperations<String, String, String> records;

	private final String deadLetters;

	OrderPipeline(RedisStreams streams, Billing billing, Journal journal, StringRedisTemplate redis, KeySpace keys) {
		this.streams = streams;
		this.billing = billing;
		this.journal = journal;
		this.records = redis.opsForStream();
		this.deadLetters = new String(keys.tagged("stream", STREAM, "dead"), StandardCharsets.US_ASCII);
	}

	/**
	 * Sends an order on its way.
	 * @param order the order
	 * @return the id of its message
	 */
	public String place(PlacedOrder order) {
		this.journal.note("placed", "order %s: %s".formatted(order.number(), order.article()));
		return this.streams.add(STREAM, order);
	}

	/**
	 * What is going on.
	 * @return what happened last, the newest first, and what was set aside
	 */
	public State state() {
		return new State(this.journal.latest(), deadLetters(), this.billing.mailsWaiting());
	}

	private List<DeadLetter> deadLetters() {
		return this.records.reverseRange(this.deadLetters, Range.unbounded(), Limit.limit().count(LETTERS_SHOWN))
			.stream()
			.map(MapRecord::getValue)
			.map(DeadLetter::of)
			.toList();
	}

	/**
	 * Tries again what was set aside.
	 * @return how many orders
	 */
	public long replay() {
		return this.streams.replay(STREAM, GROUP);
	}

	/**
	 * Rolls out a release with the bug, or without.
	 * @param fixed whether it has no bug
	 */
	public void fixBug(boolean fixed) {
		this.billing.fixBug(fixed);
	}

	/**
	 * What is going on.
	 *
	 * @param events what happened last in this instance
	 * @param deadLetters orders that could not be billed
	 * @param mailsWaiting e-mails that are to be sent
	 */
	public record State(List<Journal.Entry> events, List<DeadLetter> deadLetters, long mailsWaiting) {
	}

	/**
	 * An order that could not be billed.
	 *
	 * @param payload the order, as JSON
	 * @param attempts how often it was tried
	 * @param error what went wrong the last time
	 * @param at when it was set aside
	 */
	public record DeadLetter(String payload, String attempts, String error, String at) {

		static DeadLetter of(Map<String, String> fields) {
			return new DeadLetter(fields.get("payload"), fields.get("dead.attempts"), fields.get("dead.last-error"),
					fields.get("dead.at"));
		}

	}

}
