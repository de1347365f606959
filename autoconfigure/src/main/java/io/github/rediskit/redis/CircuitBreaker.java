package io.github.rediskit.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/*
 * What tells a server that is away from a command that was slow is silence. One unanswered
 * command begins it, any answer ends it, and a second unanswered command opens the circuit
 * if the silence has lasted for a while by then. So
 *
 * - one slow command, and whatever timed out together with it, opens nothing;
 * - neither does a pause of this JVM, after which many commands time out at once;
 * - nor a cluster of which one node is away, as long as the others are asked, too;
 * - a caller that asks a frozen server again and again waits for two timeouts.
 *
 * To open wrongly costs little, because whoever uses this asks at short intervals whether
 * the server is back. Therefore there is no half-open state, in which a caller would have
 * to find out, and no share of failures to be counted on the way of every command.
 */

/**
 * Whether it is worth sending commands to Redis: not while the circuit is open. As long
 * as commands are answered, each costs two volatile reads here and no lock.
 */
final class CircuitBreaker {

	private final AtomicReference<State> state = new AtomicReference<>(State.ANSWERING);

	private final long toleratedSilence;

	private final LongSupplier nanoTime;

	/**
	 * Creates a closed circuit.
	 * @param toleratedSilence how long after a first unanswered command another one opens
	 * the circuit
	 * @param nanoTime a time that never goes back, in nanoseconds
	 */
	CircuitBreaker(Duration toleratedSilence, LongSupplier nanoTime) {
		this.toleratedSilence = toleratedSilence.toNanos();
		this.nanoTime = nanoTime;
	}

	boolean isOpen() {
		return this.state.get() == State.OPEN;
	}

	/**
	 * Redis answered, if only by an error. Even a late answer says that it is back.
	 * @return whether this closed the circuit
	 */
	boolean answered() {
		return this.state.get() != State.ANSWERING && this.state.getAndSet(State.ANSWERING) == State.OPEN;
	}

	/**
	 * Redis did not answer.
	 * @return whether this opened the circuit
	 */
	boolean unanswered() {
		State current = this.state.get();
		if (current == State.ANSWERING) {
			this.state.compareAndSet(current, new State.Silent(this.nanoTime.getAsLong()));
			return false;
		}
		return current instanceof State.Silent silent
				&& this.nanoTime.getAsLong() - silent.since() >= this.toleratedSilence
				&& this.state.compareAndSet(current, State.OPEN);
	}

	private sealed interface State {

		State ANSWERING = new Settled();

		State OPEN = new Settled();

		/** One of the two above. */
		final class Settled implements State {

		}

		/**
		 * Redis may be away.
		 *
		 * @param since when a first command had stayed without an answer
		 */
		record Silent(long since) implements State {
		}

	}

}
