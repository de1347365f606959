package io.github.rediskit.lock;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.lock.LockListener.LossReason;
import org.jspecify.annotations.Nullable;

/*
 * When a tenure ends is decided by the moment before the question was sent: Redis counts
 * from a later one. What is taken off for clocks that differ, and for the time until the
 * loss is noticed and told, is in Terms.
 */

/**
 * The time in which this instance has a lock in Redis, under one id. Its holders can
 * follow each other.
 */
final class Tenure implements LockWatch.Watched {

	/**
	 * So that two attempts can fail, or Redis stand still for most of a lease, before the
	 * lock is lost.
	 */
	private static final int RENEWALS_PER_LEASE = 5;

	private static final long SHORTEST_RETRY_NANOS = 10_000_000;

	private static final long LONGEST_RETRY_NANOS = 1_000_000_000;

	/** How long others wait while a lock goes from one to the next in here. */
	private static final long RUN_NANOS = 10_000_000;

	private final LockServices services;

	final LockTarget target;

	private final @Nullable LockQueue queue;

	final byte[] id;

	private final Terms terms;

	private final long begin;

	private long fence;

	private final long lastFence;

	private volatile long validUntil;

	private volatile boolean over;

	private volatile @Nullable Hold holder;

	private volatile boolean taken;

	private volatile boolean renewing;

	private volatile long renewAt;

	/**
	 * Creates a tenure that Redis has granted.
	 * @param asked when it was asked for
	 * @param fence the first of the fences that it may give out
	 */
	Tenure(LockServices services, LockTarget target, @Nullable LockQueue queue, byte[] id, Terms terms, long asked,
			long fence) {
		this.services = services;
		this.target = target;
		this.queue = queue;
		this.id = id;
		this.terms = terms;
		this.begin = services.now();
		this.fence = fence - 1;
		this.lastFence = fence + ((target instanceof WholeLock) ? WholeLock.FENCES : 1) - 1;
		this.validUntil = asked + terms.validNanos();
		this.renewAt = asked + pause();
	}

	private long pause() {
		return this.services.sources().jittered(this.terms.leaseMillis() * 1_000_000 / RENEWALS_PER_LEASE);
	}

	boolean isValid(long now) {
		return !this.over && now - this.validUntil < 0;
	}

	long validUntil() {
		return this.validUntil;
	}

	@Nullable Hold holder() {
		return this.holder;
	}

	/** Called by one at a time. */
	Hold next(LockRequest request, Terms terms) {
		this.fence++;
		Hold hold = new Hold(this.services, this, request, terms, this.fence);
		this.holder = hold;
		return hold;
	}

	boolean mayPassTo(Terms next, long now) {
		return this.queue != null && this.target instanceof WholeLock && this.terms.fits(next)
				&& this.fence < this.lastFence && now - this.begin < RUN_NANOS
				&& isValid(now + this.terms.leaseMillis() * 500_000);
	}

	/** Whether Redis gives it to nobody for a while after its release. */
	boolean isAtRest(long now) {
		Hold last = this.holder;
		return last != null && last.atLeastUntil() - now > 0;
	}

	/** What is to become of the lock, now that its last holder has released it. */
	LockQueue.Next released() {
		LockQueue queue = this.queue;
		return (queue != null && this.target.isExclusive()) ? queue.released(this) : LockQueue.Next.NOBODY;
	}

	/** Tells Redis that it is over. */
	CompletionStage<Boolean> giveBack() {
		Hold last = this.holder;
		return this.services.release(this.target, this.id, (last != null) ? last.atLeastUntil() : this.begin,
				this.terms.leaseMillis());
	}

	/** No more is renewed. */
	void end() {
		this.over = true;
		this.services.watch().remove(this);
	}

	@Override
	public void look(long now) {
		Hold current = this.holder;
		if (this.over || current == null) {
			return;
		}
		if (now - this.validUntil >= 0) {
			lose(current, reason(current, now));
		}
		else if (!this.renewing && now - this.renewAt >= 0) {
			renew(current, this.terms.renewed() && !current.isToEnd(now));
		}
	}

	private LossReason reason(Hold current, long now) {
		if (this.taken) {
			return LossReason.TAKEN;
		}
		return (!this.terms.renewed() || current.isToEnd(now)) ? LossReason.ENDED : LossReason.NOT_RENEWED;
	}

	/** At the next look. */
	void renewSoon() {
		this.renewAt = this.services.now();
	}

	/** Or only asks whether it is still held, where it is to end. */
	private void renew(Hold current, boolean prolongs) {
		this.renewing = true;
		long asked = this.services.now();
		CompletionStage<Boolean> answer;
		try {
			answer = this.target.renew(this.id, prolongs ? this.terms.millis(asked, current.atLeastUntil()) : 0);
		}
		catch (RuntimeException ex) {
			answer = CompletableFuture.failedStage(ex);
		}
		answer.whenComplete((held, failure) -> {
			if (failure != null) {
				long lease = this.terms.leaseMillis() * 1_000_000;
				this.renewAt = this.services.now()
						+ Math.min(LONGEST_RETRY_NANOS, Math.max(SHORTEST_RETRY_NANOS, lease / 20));
				if (!this.over) {
					this.services.listener().renewalFailed(current.name(), LockServices.unwrapped(failure));
				}
			}
			else if (held) {
				if (prolongs) {
					this.validUntil = asked + this.terms.validNanos();
				}
				this.renewAt = asked + pause();
			}
			else {
				this.taken = true;
				this.validUntil = this.services.now(); // also for a holder who comes just
														// now
				look(this.validUntil);
			}
			this.renewing = false;
		});
	}

	private void lose(Hold current, LossReason reason) {
		if (current.lose(reason)) {
			end();
			LockQueue queue = this.queue;
			if (queue != null && this.target.isExclusive()) {
				queue.lost(this);
			}
		}
	}

}
