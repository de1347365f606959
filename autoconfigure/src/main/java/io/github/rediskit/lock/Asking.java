package io.github.rediskit.lock;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.lock.AskingPhases.Next;
import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/*
 * Whether it got what it wants or gave up is decided by who ends it first. Who gave up has
 * left before anybody hears of it: what he does next is not to wait for himself.
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

	private final Deadline deadline;

	private final AskingPhases phases = new AskingPhases();

	private boolean decided;

	private volatile boolean contended;

	private volatile boolean awaited;

	Asking(LockServices services, WakeUps wakeUps, long waitNanos) {
		this.services = services;
		this.wakeUps = wakeUps;
		this.deadline = new Deadline(services.now(), waitNanos);
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

	/** Whether a lock that is held keeps it out. */
	abstract boolean isInTheWay(LockKey held);

	/** Nobody wakes it any more. */
	abstract void leave();

	/** Whether one who was denied stands in the way of others, until it gives up. */
	abstract boolean isMarked();

	/** Gives back what may be held. */
	abstract void giveBack(byte[] id);

	final void giveBack(LockTarget target, byte[] id, Terms terms) {
		this.services.release(target, id, this.deadline.start(), terms.leaseMillis());
	}

	final boolean waits() {
		return this.deadline.waits();
	}

	/** Who parks until it completes is woken directly by whoever hands the lock over. */
	@Override
	public final long awaited() {
		this.awaited = true;
		return waits() ? this.deadline.left(this.services.now()) : Long.MAX_VALUE;
	}

	@Override
	public final void overdue() {
		if (this.deadline.isOver(this.services.now())) {
			giveUp();
		}
	}

	final boolean isAwaited() {
		return this.awaited;
	}

	/** What it waits for, and knows. */
	final AskingPhases phases() {
		return this.phases;
	}

	final void markContended() {
		this.contended = true;
	}

	final void ask() {
		byte[] id = this.phases.ask(this::drawId);
		CompletionStage<Answer> question;
		try {
			question = send(id, this.services.now());
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
		switch (this.phases.granted(granted.isValid(this.services.now()))) {
			case TAKE -> take(granted, id);
			case GIVE_BACK -> giveBack(id);
			default -> failed(new RedisUnavailableException("Redis answered when the lease was almost over", null), id);
		}
	}

	private void denied(Answer.Denied answer) {
		markContended();
		heard(answer);
		long pause = Math.min(answer.remainingMillis() + 1, this.services.sources().jittered(POLL_MILLIS));
		Next next = this.phases.denied(waits(), in(pause));
		if (next == Next.FAIL) {
			fail(Reason.HELD, ": somebody else holds it", null);
		}
		if (next == Next.ASK || next == Next.SLEEP) {
			CompletableFuture<?> listening = this.wakeUps.listen(answer.key());
			if (next == Next.ASK) {
				ask();
			}
			else if (!listening.isDone()) {
				listening.thenRun(this::wake); // what was released before was not heard
			}
		}
	}

	private void failed(Throwable failure, byte[] id) {
		boolean again = waits() && isPassing(failure);
		Next next = this.phases.failed(failure, again, in(this.services.sources().jittered(RETRY_MILLIS)));
		if (next == Next.GIVE_BACK) {
			giveBack(id);
		}
		else if (next == Next.FAIL) {
			fail(Reason.UNAVAILABLE, ": " + failure.getMessage(), failure);
		}
	}

	private long in(long millis) {
		return this.services.now() + millis * 1_000_000;
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
		boolean again = this.phases.wake();
		if (again) {
			ask();
		}
		return again;
	}

	@Override
	public final void look(long now) {
		if (this.deadline.isOver(now)) {
			if (!this.awaited) { // who parks looks after himself
				this.services.watch().remove(this);
				this.services.end(this::giveUp);
			}
		}
		else if (this.phases.wakeIfDue(now)) {
			ask();
		}
	}

	private void giveUp() {
		Throwable failure = failure();
		if (failure != null) {
			fail(Reason.UNAVAILABLE, this.deadline + ": " + failure.getMessage(), failure);
		}
		else {
			fail(Reason.HELD,
					this.deadline + (isHeldHere()
							? ": this instance holds it, maybe the caller himself, who would have to share what he has"
							: ": somebody else holds it"),
					null);
		}
	}

	private boolean isHeldHere() {
		for (LockWatch.Watched one : this.services.watch().watched()) {
			if (one instanceof Tenure tenure && tenure.isValid(this.services.now()) && isInTheWay(tenure.target.key)) {
				return true;
			}
		}
		return false;
	}

	/** Why Redis has not said that somebody else holds the lock. */
	@Nullable Throwable failure() {
		Throwable last = this.phases.lastFailure();
		return (last != null || this.phases.wasDenied()) ? last
				: new RedisUnavailableException("No answer from Redis", null);
	}

	final void fail(Reason reason, String problem, @Nullable Throwable cause) {
		completeExceptionally(new LockNotAcquiredException(name(), reason, problem, cause));
	}

	final void stop() {
		fail(Reason.STOPPED, ": the application is stopping", null);
	}

	final void got(HeldLock lock) {
		if (!decides()) {
			lock.release(); // who wanted it has gone
			return;
		}
		this.services.watch().remove(this);
		for (HeldLock part : lock.parts()) {
			this.services.listener().acquired(part.name(), this.services.since(this.deadline.start()), this.contended);
		}
		super.complete(lock);
	}

	/** By somebody else, who wants the lock no more. */
	@Override
	public boolean complete(HeldLock other) {
		return givesUp(Reason.INTERRUPTED) && super.complete(other);
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		return givesUp((failure instanceof LockNotAcquiredException known) ? known.reason() : Reason.INTERRUPTED)
				&& super.completeExceptionally(failure);
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		return givesUp(Reason.INTERRUPTED) && super.cancel(mayInterruptIfRunning);
	}

	private boolean givesUp(Reason reason) {
		if (!decides()) {
			return false;
		}
		byte[] id = this.phases.leave(isMarked());
		this.services.watch().remove(this);
		if (id != null) {
			giveBack(id);
		}
		leave();
		this.services.listener().notAcquired(name(), this.services.since(this.deadline.start()), reason);
		return true;
	}

	private synchronized boolean decides() {
		boolean first = !this.decided;
		this.decided = true;
		return first;
	}

}
