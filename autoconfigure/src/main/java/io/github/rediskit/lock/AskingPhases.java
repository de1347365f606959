package io.github.rediskit.lock;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/*
 *   STANDS ──► ASKS ◄──► SLEEPS        at most one question is under way
 *                │          │
 *                └─► OVER ◄─┘          got it, or gave up
 *
 * Who gives up while a question is under way does not know what Redis did or will do: it
 * sends a release by its id at once, and another one if the answer says that it got the
 * lock, or does not come.
 */

/**
 * The phases of one who asks, and what it knows. Each step says what is to be done next
 * and does none of it, so it is taken under a lock of its own.
 */
final class AskingPhases {

	private Phase phase = Phase.STANDS;

	private byte @Nullable [] id;

	private boolean wokenMeanwhile;

	private long wakeAt;

	/** Whether Redis may have done what was asked, though no answer has said so. */
	private boolean inDoubt;

	private boolean denied;

	private @Nullable Throwable lastFailure;

	/**
	 * It is its turn to ask.
	 * @param held the id by which the lock is held already; {@code null} if it is not
	 * @return whether it wants to
	 */
	synchronized boolean begin(byte @Nullable [] held) {
		if (this.phase != Phase.STANDS) {
			return false;
		}
		this.phase = Phase.ASKS;
		if (held != null) {
			this.id = held;
			this.inDoubt = true;
		}
		return true;
	}

	/** It got what it wants without a question. */
	synchronized void end() {
		this.phase = Phase.OVER;
	}

	/** The id by which it asks, the same each time. */
	synchronized byte[] ask(Supplier<byte[]> draw) {
		if (this.id == null) {
			this.id = draw.get();
		}
		this.wokenMeanwhile = false;
		return this.id;
	}

	synchronized Next granted(boolean inTime) {
		if (this.phase == Phase.OVER) {
			return Next.GIVE_BACK;
		}
		if (inTime) {
			this.phase = Phase.OVER;
		}
		return inTime ? Next.TAKE : Next.FAIL;
	}

	synchronized Next denied(boolean waits, long wakeAt) {
		this.inDoubt = false;
		this.lastFailure = null;
		if (this.phase != Phase.ASKS) {
			return Next.NOTHING;
		}
		this.denied = waits;
		if (waits && this.wokenMeanwhile) {
			return Next.ASK;
		}
		sleep(wakeAt);
		return waits ? Next.SLEEP : Next.FAIL;
	}

	synchronized Next failed(Throwable failure, boolean again, long wakeAt) {
		this.inDoubt = true;
		this.lastFailure = failure;
		if (this.phase == Phase.OVER) {
			return Next.GIVE_BACK;
		}
		if (again) {
			sleep(wakeAt);
		}
		return again ? Next.SLEEP : Next.FAIL;
	}

	private void sleep(long wakeAt) {
		this.phase = Phase.SLEEPS;
		this.wakeAt = wakeAt;
	}

	/**
	 * What it wants may be free.
	 * @return whether it was asleep, and asks again
	 */
	synchronized boolean wake() {
		if (this.phase == Phase.ASKS) {
			this.wokenMeanwhile = true;
		}
		return asksAgain(true);
	}

	/** Whether it has slept enough, and asks again. */
	synchronized boolean wakeIfDue(long now) {
		return asksAgain(now - this.wakeAt >= 0);
	}

	private boolean asksAgain(boolean woken) {
		boolean again = woken && this.phase == Phase.SLEEPS;
		if (again) {
			this.phase = Phase.ASKS;
		}
		return again;
	}

	/**
	 * It gives up.
	 * @param marked whether one who was denied stands in the way of others
	 * @return the id by which something is to be given back; {@code null} if there is
	 * nothing
	 */
	synchronized byte @Nullable [] leave(boolean marked) {
		boolean nothing = this.phase != Phase.ASKS && !this.inDoubt && !(this.denied && marked);
		this.phase = Phase.OVER;
		return nothing ? null : this.id;
	}

	synchronized boolean isStanding() {
		return this.phase == Phase.STANDS;
	}

	synchronized boolean isAsleep() {
		return this.phase == Phase.SLEEPS;
	}

	synchronized boolean isOver() {
		return this.phase == Phase.OVER;
	}

	/** Whether it waits for somebody who keeps it out. */
	synchronized boolean wasDenied() {
		return this.denied;
	}

	/** Why there was no answer, if the last question had none. */
	synchronized @Nullable Throwable lastFailure() {
		return this.lastFailure;
	}

	private enum Phase {

		STANDS, ASKS, SLEEPS, OVER

	}

	/**
	 * What is to be done next.
	 */
	enum Next {

		/** It is its own. */
		TAKE,

		/** Nobody wants it any more. */
		GIVE_BACK,

		/** It asks at once. */
		ASK,

		/** It asks later. */
		SLEEP,

		/** It gives up. */
		FAIL,

		/** It has given up. */
		NOTHING

	}

}
