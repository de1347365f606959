package io.github.rediskit.sample.probe;

import java.time.Duration;

import org.springframework.stereotype.Component;

/**
 * Knows, for the request that the current thread answers, whether the database was asked.
 * What runs on another thread, such as a reload in the background, leaves no trace: a
 * request that waits for what another one is loading is answered by the cache.
 */
@Component
public class AnswerProbe {

	private final ThreadLocal<Answer> current = new ThreadLocal<>();

	/**
	 * To be called wherever the database is about to be asked.
	 */
	public void databaseAsked() {
		Answer answer = this.current.get();
		if (answer != null) {
			answer.fromDatabase = true;
		}
	}

	void begin() {
		this.current.set(new Answer());
	}

	void end() {
		this.current.remove();
	}

	String answeredBy() {
		return this.current.get().fromDatabase ? "database" : "cache";
	}

	Duration took() {
		return Duration.ofNanos(System.nanoTime() - this.current.get().begunAt);
	}

	private static final class Answer {

		private final long begunAt = System.nanoTime();

		private boolean fromDatabase;

	}

}
