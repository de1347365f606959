package io.github.rediskit.codec;

import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicInteger;

/** What an attacker would like to be made; it must not even be initialized. */
public class AttributeGadget implements Serializable {

	private static final long serialVersionUID = 1L;

	static {
		Made.COUNT.incrementAndGet();
	}

	public AttributeGadget() {
		Made.COUNT.incrementAndGet();
	}

	public AttributeGadget(String text) {
		this();
	}

	private void readObject(ObjectInputStream stream) {
		Made.COUNT.incrementAndGet();
	}

	/** One that fits a place that is declared. */
	public static final class Shaped extends SessionValues.Bean {

		private static final long serialVersionUID = 1L;

		static {
			Made.COUNT.incrementAndGet();
		}

	}

	/** One for Java's serialization. */
	public static final class Deserialized implements Serializable {

		private static final long serialVersionUID = 1L;

		static {
			Made.COUNT.incrementAndGet();
		}

	}

	/** A constant of one can be a key of a map. */
	public enum Constant {

		ONE;

		static {
			Made.COUNT.incrementAndGet();
		}

	}

	/** Counts, without making one. */
	static final class Made {

		static final AtomicInteger COUNT = new AtomicInteger();

		private Made() {
		}

	}

}
