package io.github.rediskit.sample.pipeline;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

import org.springframework.stereotype.Component;

/**
 * What happened here last, for people to look at: of this instance only.
 */
@Component
class Journal {

	private static final int KEPT = 50;

	private final ConcurrentLinkedDeque<Entry> entries = new ConcurrentLinkedDeque<>();

	void note(String what, String text) {
		this.entries.addFirst(new Entry(Instant.now(), what, text));
		while (this.entries.size() > KEPT) {
			this.entries.pollLast();
		}
	}

	List<Entry> latest() {
		return List.copyOf(this.entries);
	}

	/**
	 * Something that happened.
	 *
	 * @param at when
	 * @param what in one word
	 * @param text more of it
	 */
	public record Entry(Instant at, String what, String text) {
	}

}
