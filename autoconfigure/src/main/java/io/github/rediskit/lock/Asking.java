package io.github.rediskit.lock;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/*
 * The phases of one who asks:
 *
 *   STANDS ──► ASKS ◄──► SLEEPS        at most one question is under way
 *                │          │
 *                └─► OVER ◄─┘          got it, or gave up
 *
 * Whether it got what it wants or gave up is decided by who ends it first. Who gave up has
 * left before anybody hears of it: what he does next is not to wait for himself. Who gives
 * up while a question is under way does not know what Redis did or will do: it sends a
 * release by its id at once, and another one if the answer says that it got the lock, or
 * does not come.
 */

/**
 * One who asks Redis for a lock, or several at once, until it has them or gives up.
 * Completed with what it got, or with a {@link LockNotAcquiredException}.
 */
abstract class Asking extends CompletableFuture<HeldLock>
		implements LockWatch.Watched, BlockingDistributedLocks.Awaited {

	/** How soon it asks by itself, in case a message got lost. */
	private static final long POLL_MILLIS = 1000;

	private static final long RETRY_MILLIS = 60;

	final LockServices services;

	private final WakeUps wakeUps;

	private final long start;

	private final long waitNanos;

	private byte @Nullable [] id;

	private Phase phase = Phase.STANDS;

	private boolean decided;

	private boolean wokenMeanwhile;

	private long wakeAt;

	private boolean inDoubt;

	private boolean denied;

	private @Nullable Throwable lastFailure;

	private volatile boolean contended;

	private volatile boolean awaited;

	Asking(LockServices services, WakeUps wakeUps, long waitNanos) {
		this.services = services;
		this.wakeUps = wakeUps;
		this.waitNanos = waitNanos;
		this.start = services.now();
	}

	/** The name of the lock that it waits for. */
	abstract String name();

	/** Draws the id by which all that it gets will be held. */
	abstract byte[] drawId();

	/**
	 * Asks once.
	 * @param id by which it will be held
	 * @param asked the moment before
	 */
	abstract CompletionStage<Answer> send(byte[] id, long asked);

	/** Redis says that somebody else has it. */
	abstract void heard(Answer.Denied denied);

	/** Redis has granted it, in time. */
	abstract void take(Answer.Granted granted, byte[] id);

	/** Nobody wakes it any more. */
	abstract void leave();

	/** Whether one who was denied stands in the way of others, until it gives up. */
	abstract boolean isMarked();

	/** Gives back what may be held. */
	abstract void giveBack(byte[] id);

	final void giveBack(LockTarget target, byte[] id, Terms terms) {
		this.services.release(target, id, this.start, terms.leaseMillis());
	}

	final boolean waits() {
		return this.waitNanos > 0;
	}

	/** Who parks until it completes is woken directly by whoever hands the lock over. */
	@Override
	public final long awaited() {
		this.awaited = true;
		return waits() ? this.waitNanos - (this.services.now() - this.start) : Long.MAX_VALUE;
	}

	@Override
	public final void overdue() {
		if (isOverdue(this.services.now())) {
			giveUp();
		}
	}

	final boolean isAwaited() {
		return this.awaited;
	}

	/**
	 * It is its turn to ask.
	 * @param held the id by which the lock is held already; {@code null} if it is not
	 * @return whether it wants to
	 */
	final synchronized boolean begins(byte @Nullable [] held) {
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

	final synchronized void isGiven() {
		this.phase = Phase.OVER;
	}

	final void markContended() {
		this.contended = true;
	}

	final synchronized boolean isOver() {
		return this.phase == Phase.OVER;
	}

	final synchronized boolean isAsleep() {
		return this.phase == Phase.SLEEPS;
	}

	/** Whether it waits for somebody who keeps it out. */
	final synchronized boolean wasDenied() {
		return this.denied;
	}

	final synchronized @Nullable Throwable lastFailure() {
		return this.lastFailure;
	}

	final void ask() {
		byte[] id;
		long asked = this.services.now();
		synchronized (this) {
			if (this.id == null) {
				this.id = drawId();
			}
			id = this.id;
			this.wokenMeanwhile = false;
		}
		CompletionStage<Answer> question;
		try {
			question = send(id, asked);
		}
		catch (RuntimeException ex) {
			question = CompletableFuture.failedStage(ex);
		}
		question.whenComplete((answer, failure) -> answered(answer, failure, id));
	}

	private void answered(@Nullable Answer answer, @Nullable Throwable failure, byte[] id) {
		if (answer instanceof Answer.Granted granted) {
			granted(granted, id);
		}
		else if (answer instanceof Answer.Denied denied) {
			denied(denied);
		}
		else {
			failed(LockServices.unwrapped((failure != null) ? failure : new IllegalStateException("No answer")), id);
		}
	}

	private void granted(Answer.Granted granted, byte[] id) {
		boolean late;
		boolean gone;
		synchronized (this) {
			gone = this.phase == Phase.OVER;
			late = !granted.isValid(this.services.now());
			if (!gone && !late) {
				this.phase = Phase.OVER;
			}
		}
		if (gone) {
			giveBack(id);
		}
		else if (late) {
			failed(new RedisUnavailableException("Redis answered when the lease was almost over", null), id);
		}
		else {
			take(granted, id);
		}
	}

	final void got(HeldLock lock) {
		if (!decides()) {
			lock.release(); // who wanted it has gone
			return;
		}
		this.services.watch().remove(this);
		for (HeldLock part : lock.parts()) {
			this.services.listener().acquired(part.name(), this.services.since(this.start), this.contended);
		}
		super.complete(lock);
	}

	private synchronized boolean decides() {
		boolean first = !this.decided;
		this.decided = true;
		return first;
	}

	private void denied(Answer.Denied answer) {
		markContended();
		heard(answer);
		boolean again;
		synchronized (this) {
			this.inDoubt = false;
			this.lastFailure = null;
			if (this.phase != Phase.ASKS) {
				return;
			}
			this.denied = waits();
			again = this.wokenMeanwhile && waits();
			if (!again) {
				sleep(Math.min(answer.remainingMillis() + 1, this.services.sources().jittered(POLL_MILLIS)));
			}
		}
		if (!waits()) {
			fail(Reason.HELD, ": somebody else holds it", null);
			return;
		}
		CompletableFuture<?> listening = this.wakeUps.listen(answer.key());
		if (again) {
			ask();
		}
		else if (!listening.isDone()) {
			listening.thenRun(this::wake); // what was released before was not heard
		}
	}

	private void sleep(long millis) {
		this.phase = Phase.SLEEPS;
		this.wakeAt = this.services.now() + millis * 1_000_000;
	}

	private void failed(Throwable failure, byte[] id) {
		boolean again;
		boolean gone;
		synchronized (this) {
			gone = this.phase == Phase.OVER;
			this.inDoubt = true;
			this.lastFailure = failure;
			again = waits() && isPassing(failure) && this.phase == Phase.ASKS;
			if (again) {
				sleep(this.services.sources().jittered(RETRY_MILLIS));
			}
		}
		if (gone) {
			giveBack(id);
		}
		else if (!again) {
			fail(Reason.UNAVAILABLE, ": " + failure.getMessage(), failure);
		}
	}

	private static boolean isPassing(Throwable failure) {
		return failure instanceof RedisUnavailableException
				|| (failure instanceof RedisReplyException refusal && refusal.isPassing());
	}

	/**
	 * What it wants may be free.
	 * @return whether it was asleep
	 */
	final boolean wake() {
		synchronized (this) {
			if (this.phase == Phase.ASKS) {
				this.wokenMeanwhile = true;
			}
			if (this.phase != Phase.SLEEPS) {
				return false;
			}
			this.phase = Phase.ASKS;
		}
		ask();
		return true;
	}

	@Override
	public final void look(long now) {
		if (isOverdue(now)) {
			if (!this.awaited) { // who parks looks after himself
				this.services.watch().remove(this);
				this.services.end(this::giveUp);
			}
			return;
		}
		synchronized (this) {
			if (this.phase != Phase.SLEEPS || now - this.wakeAt < 0) {
				return;
			}
			this.phase = Phase.ASKS;
		}
		ask();
	}

	private boolean isOverdue(long now) {
		return waits() && now - this.start >= this.waitNanos;
	}

	private void giveUp() {
		Throwable failure = failure();
		if (failure != null) {
			fail(Reason.UNAVAILABLE, waitedText() + ": " + failure.getMessage(), failure);
		}
		else {
			fail(Reason.HELD, waitedText() + ": somebody else holds it", null);
		}
	}

	private String waitedText() {
		return " within %d ms".formatted(this.waitNanos / 1_000_000);
	}

	/** Why Redis has not said that somebody else holds the lock. */
	@Nullable Throwable failure() {
		synchronized (this) {
			return (this.lastFailure != null || this.denied) ? this.lastFailure
					: new RedisUnavailableException("No answer from Redis", null);
		}
	}

	final synchronized boolean isStanding() {
		return this.phase == Phase.STANDS;
	}

	final void fail(Reason reason, String problem, @Nullable Throwable cause) {
		completeExceptionally(new LockNotAcquiredException(name(), reason, problem, cause));
	}

	final void stop() {
		fail(Reason.STOPPED, ": the application is stopping", null);
	}

	/** By somebody else, who wants the lock no more. */
	@Override
	public boolean complete(HeldLock other) {
		return ends(Reason.INTERRUPTED) && super.complete(other);
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		return ends((failure instanceof LockNotAcquiredException known) ? known.reason() : Reason.INTERRUPTED)
				&& super.completeExceptionally(failure);
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		return ends(Reason.INTERRUPTED) && super.cancel(mayInterruptIfRunning);
	}

	private boolean ends(Reason reason) {
		boolean first = decides();
		if (first) {
			gone(reason);
		}
		return first;
	}

	private void gone(Reason reason) {
		boolean known;
		byte[] id;
		synchronized (this) {
			known = this.phase != Phase.ASKS && !this.inDoubt && !(this.denied && isMarked());
			id = this.id;
			this.phase = Phase.OVER;
		}
		this.services.watch().remove(this);
		if (!known && id != null) {
			giveBack(id);
		}
		leave();
		this.services.listener().notAcquired(name(), this.services.since(this.start), reason);
	}

	private enum Phase {

		STANDS, ASKS, SLEEPS, OVER

	}

	/**
	 * What Redis said.
	 */
	sealed interface Answer {

		/**
		 * It is the caller's.
		 *
		 * @param tenures what it got, one for each lock
		 */
		record Granted(List<Tenure> tenures) implements Answer {

			boolean isValid(long now) {
				for (Tenure tenure : this.tenures) {
					if (!tenure.isValid(now)) {
						return false;
					}
				}
				return true;
			}

		}

		/**
		 * Somebody else has it, or one of several.
		 *
		 * @param key the lock that is in the way
		 * @param remainingMillis for how long, unless it is renewed
		 */
		record Denied(LockKey key, long remainingMillis) implements Answer {
		}

	}

}
