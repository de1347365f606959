package io.github.rediskit.lock;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/*
 * Of all who want a lock in this instance one, the leader, asks Redis. The others stand
 * behind, first come first served. Who releases the lock hands it to the next directly:
 * that takes microseconds and no question to Redis. After some time, or some holders, the
 * next has to ask Redis for a turn, which another instance that waits gets first.
 */

/**
 * Who has and who wants one lock in this instance.
 */
final class LockQueue {

	private final LockServices services;

	private final LockKey key;

	private final Set<Acquisition> waiting = new LinkedHashSet<>();

	private @Nullable Acquisition leader;

	private @Nullable Tenure holder;

	private boolean closed;

	LockQueue(LockServices services, LockKey key) {
		this.services = services;
		this.key = key;
	}

	/**
	 * One more comes.
	 * @return what it is to do
	 */
	synchronized Entry enter(Acquisition acquisition, boolean waits) {
		if (this.closed) {
			return Entry.CLOSED;
		}
		if (this.leader == null && this.holder == null) {
			this.leader = acquisition;
			return Entry.LEADS;
		}
		if (!waits) {
			return Entry.REFUSED;
		}
		this.waiting.add(acquisition);
		return Entry.STANDS;
	}

	/**
	 * One does not want the lock any more.
	 * @return the next, who is to ask Redis; {@code null} if there is none
	 */
	synchronized @Nullable Acquisition leave(Acquisition acquisition) {
		if (this.leader == acquisition) {
			return promote();
		}
		this.waiting.remove(acquisition);
		return null;
	}

	/**
	 * The leader got the lock.
	 * @return whether it is the leader still
	 */
	synchronized boolean granted(Acquisition acquisition, Tenure tenure) {
		if (this.leader != acquisition) {
			return false;
		}
		this.leader = null;
		if (tenure.target.isExclusive()) {
			this.holder = tenure;
		}
		return true;
	}

	/**
	 * There may be another share for the next.
	 * @return the next, who is to ask Redis; {@code null} if there is none
	 */
	synchronized @Nullable Acquisition shared() {
		return (this.leader == null && this.holder == null) ? promote() : null;
	}

	/** The holder has released the lock. */
	synchronized Next released(Tenure tenure) {
		if (this.holder != tenure) {
			return Next.NOBODY;
		}
		long now = this.services.now();
		Iterator<Acquisition> first = this.waiting.iterator();
		if (first.hasNext()) {
			Acquisition next = first.next();
			if (tenure.mayPassTo(next.terms(), now)) {
				first.remove();
				return new Next(next, How.HAS_IT);
			}
		}
		boolean turn = tenure.target instanceof WholeLock && !tenure.isAtRest(now) && tenure.isValid(now);
		this.holder = null;
		Acquisition next = promote();
		return (next != null) ? new Next(next, turn ? How.ASKS_FOR_A_TURN : How.ASKS) : Next.NOBODY;
	}

	/** The holder has lost the lock, and may not know. */
	void lost(Tenure tenure) {
		Acquisition next;
		synchronized (this) {
			if (this.holder != tenure) {
				return;
			}
			this.holder = null;
			next = promote();
		}
		if (next != null) {
			next.lead();
		}
	}

	private @Nullable Acquisition promote() {
		Iterator<Acquisition> first = this.waiting.iterator();
		if (first.hasNext()) {
			this.leader = first.next();
			first.remove();
		}
		else {
			this.leader = null;
			this.closed = this.holder == null;
			if (this.closed) {
				this.services.queues().remove(this.key, this);
			}
		}
		return this.leader;
	}

	/** Somebody has released the lock. */
	void wake() {
		Acquisition current = leader();
		if (current != null) {
			current.wake();
		}
	}

	synchronized @Nullable Acquisition leader() {
		return this.leader;
	}

	synchronized int size() {
		return this.waiting.size() + ((this.leader != null) ? 1 : 0);
	}

	/**
	 * What one who comes is to do.
	 */
	enum Entry {

		/** Ask Redis. */
		LEADS,

		/** Wait for those before. */
		STANDS,

		/** Go away. */
		REFUSED,

		/** Come again: the queue is no more. */
		CLOSED

	}

	/**
	 * What the next one does.
	 */
	enum How {

		/** Has the lock. */
		HAS_IT,

		/** Goes on with it if no other instance waits. */
		ASKS_FOR_A_TURN,

		/** Asks once it is released. */
		ASKS

	}

	/**
	 * The next one, and what it does.
	 *
	 * @param acquisition the next; {@code null} if there is none
	 * @param how what it does
	 */
	record Next(@Nullable Acquisition acquisition, How how) {

		static final Next NOBODY = new Next(null, How.ASKS);

	}

}
