package io.github.rediskit.lock;

import java.util.concurrent.CompletableFuture;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.lock.LockTarget.How;
import io.github.rediskit.lock.LockTarget.Reply;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/*
 * The phases of one who leads:
 *
 *   STANDS ──► ASKS ◄──► SLEEPS        at most one question is under way
 *                │          │
 *                └─► OVER ◄─┘          got it, or gave up
 *
 * Whether it got the lock or gave up is decided by who ends it first. Who gave up has left
 * the queue before anybody hears of it: what he does next is not to wait for himself. Who
 * gives up while a question is under way does not know what Redis did or will do: it
 * sends a release by its id at once, and another one if the answer says that it got the
 * lock, or does not come.
 */

/**
 * One who wants a lock. Completed with the lock, or with a
 * {@link LockNotAcquiredException}.
 */
final class Acquisition extends CompletableFuture<HeldLock>
		implements LockWatch.Watched, BlockingDistributedLocks.Awaited {

	/** How soon it asks by itself, in case a message got lost. */
	private static final long POLL_MILLIS = 1000;

	private static final long RETRY_MILLIS = 60;

	private final LockServices services;

	private final WakeUps wakeUps;

	private final LockTarget target;

	private final LockRequest request;

	private final Terms terms;

	private final long start;

	private final long waitNanos;

	private volatile @Nullable LockQueue queue;

	private byte @Nullable [] id;

	private How how;

	private Phase phase = Phase.STANDS;

	private boolean decided;

	private boolean wokenMeanwhile;

	private long wakeAt;

	private boolean inDoubt;

	private boolean marked;

	private @Nullable Throwable lastFailure;

	private volatile boolean contended;

	private volatile boolean awaited;

	Acquisition(LockServices services, WakeUps wakeUps, LockTarget target, LockRequest request, Terms terms,
			long waitNanos) {
		this.services = services;
		this.wakeUps = wakeUps;
		this.target = target;
		this.request = request;
		this.terms = terms;
		this.waitNanos = waitNanos;
		this.how = (waitNanos > 0) ? How.WAIT : How.TRY;
		this.start = services.now();
	}

	Terms terms() {
		return this.terms;
	}

	private boolean waits() {
		return this.waitNanos > 0;
	}

	/** Who parks until it completes is woken directly by whoever hands the lock over. */
	@Override
	public long awaited() {
		this.awaited = true;
		return waits() ? this.waitNanos - (this.services.now() - this.start) : Long.MAX_VALUE;
	}

	@Override
	public void overdue() {
		look(this.services.now());
	}

	void begin() {
		this.services.watch().add(this);
		if (!waits() && !(this.target instanceof WholeLock)) {
			lead(); // there may be a share left, whoever asks before
			return;
		}
		while (true) {
			LockQueue queue = this.services.queues()
				.computeIfAbsent(this.target.key, (key) -> new LockQueue(this.services, key));
			this.queue = queue;
			switch (queue.enter(this, waits())) {
				case LEADS -> {
					lead();
					return;
				}
				case STANDS -> {
					this.contended = true;
					if (isOver()) { // cancelled meanwhile
						leave();
					}
					return;
				}
				case REFUSED -> {
					refused(queue);
					return;
				}
				case CLOSED -> {
					// another one is made
				}
			}
		}
	}

	/** Somebody here has the lock, or asks for it: which may be in vain. */
	private void refused(LockQueue queue) {
		Acquisition leader = queue.leader();
		Throwable failure = (leader != null) ? leader.lastFailure() : null;
		if (failure != null) {
			fail(Reason.UNAVAILABLE, ": " + failure.getMessage(), failure);
		}
		else {
			fail(Reason.HELD, ": somebody else holds it", null);
		}
	}

	private synchronized @Nullable Throwable lastFailure() {
		return this.lastFailure;
	}

	/** It is its turn to ask Redis. */
	void lead() {
		boolean gone;
		synchronized (this) {
			gone = this.phase != Phase.STANDS;
			if (!gone) {
				this.phase = Phase.ASKS;
			}
		}
		if (gone) {
			leave();
		}
		else {
			ask();
		}
	}

	private void leave() {
		LockQueue queue = this.queue;
		Acquisition next = (queue != null) ? queue.leave(this) : null;
		if (next != null) {
			next.lead();
		}
	}

	/** It is its turn, and may go on with the lock that was held under an id. */
	void turn(byte[] id) {
		boolean gone;
		synchronized (this) {
			gone = this.phase != Phase.STANDS;
			if (!gone) {
				this.id = id;
				this.how = How.TURN;
				this.inDoubt = true;
				this.phase = Phase.ASKS;
			}
		}
		if (gone) {
			this.services.release(this.target, id, this.start, this.terms.leaseMillis());
		}
		else {
			ask();
		}
	}

	/** It gets the lock from the one before. */
	void handOver(Tenure tenure) {
		synchronized (this) {
			this.phase = Phase.OVER;
		}
		Hold hold = tenure.next(this.request, this.terms);
		if (this.awaited) {
			got(hold);
		}
		else {
			this.services.call(() -> got(hold));
		}
	}

	private void got(Hold hold) {
		if (!decides()) {
			hold.release(); // who wanted it has gone
			return;
		}
		this.services.watch().remove(this);
		this.services.listener().acquired(this.request.name(), this.services.since(this.start), this.contended);
		super.complete(hold);
	}

	private synchronized boolean decides() {
		boolean first = !this.decided;
		this.decided = true;
		return first;
	}

	private synchronized boolean isOver() {
		return this.phase == Phase.OVER;
	}

	private void ask() {
		byte[] id;
		How how;
		long asked = this.services.now();
		synchronized (this) {
			if (this.id == null) {
				this.id = this.services.sources().id();
			}
			id = this.id;
			how = this.how;
			this.wokenMeanwhile = false;
		}
		try {
			this.target.acquire(id, this.terms.millis(asked, asked + this.terms.atLeastNanos()), how)
				.whenComplete((reply, failure) -> answered(reply, failure, asked, id));
		}
		catch (RuntimeException ex) {
			answered(null, ex, asked, id);
		}
	}

	private void answered(@Nullable Reply reply, @Nullable Throwable failure, long asked, byte[] id) {
		if (reply == null) {
			failed(LockServices.unwrapped((failure != null) ? failure : new IllegalStateException("No answer")), id);
		}
		else if (!reply.acquired()) {
			denied(reply.value());
		}
		else {
			granted(new Tenure(this.services, this.target, this.queue, id, this.terms, asked, reply.value()));
		}
	}

	private void granted(Tenure tenure) {
		boolean late;
		boolean gone;
		LockQueue queue = this.queue;
		synchronized (this) {
			gone = this.phase == Phase.OVER;
			late = !tenure.isValid(this.services.now());
			if (!gone && !late) {
				this.phase = Phase.OVER;
			}
		}
		if (gone) {
			giveBack(tenure.id);
		}
		else if (late) {
			failed(new RedisUnavailableException("Redis answered when the lease was almost over", null), tenure.id);
		}
		else if (queue != null && !queue.granted(this, tenure)) {
			giveBack(tenure.id);
		}
		else {
			Hold hold = tenure.next(this.request, this.terms);
			this.services.watch().add(tenure);
			got(hold);
			Acquisition next = (queue != null && !this.target.isExclusive()) ? queue.shared() : null;
			if (next != null) {
				next.lead();
			}
		}
	}

	private void denied(long remainingMillis) {
		this.contended = true;
		boolean again;
		synchronized (this) {
			this.inDoubt = false;
			this.lastFailure = null;
			if (this.phase != Phase.ASKS) {
				return;
			}
			this.marked = waits();
			this.how = waits() ? How.WAIT : How.TRY;
			again = this.wokenMeanwhile && waits();
			if (!again) {
				sleep(Math.min(remainingMillis + 1, this.services.sources().jittered(POLL_MILLIS)));
			}
		}
		if (!waits()) {
			fail(Reason.HELD, ": somebody else holds it", null);
			return;
		}
		CompletableFuture<?> listening = this.wakeUps.listen(this.target.key);
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

	synchronized boolean isAsleep() {
		return this.phase == Phase.SLEEPS;
	}

	/** The lock may be free. */
	void wake() {
		synchronized (this) {
			if (this.phase == Phase.ASKS) {
				this.wokenMeanwhile = true;
			}
			if (this.phase != Phase.SLEEPS) {
				return;
			}
			this.phase = Phase.ASKS;
		}
		ask();
	}

	@Override
	public void look(long now) {
		if (waits() && now - this.start >= this.waitNanos) {
			giveUp();
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
	private @Nullable Throwable failure() {
		LockQueue queue = this.queue;
		synchronized (this) {
			if (this.phase != Phase.STANDS) {
				return (this.lastFailure != null || this.marked) ? this.lastFailure
						: new RedisUnavailableException("No answer from Redis", null);
			}
		}
		Acquisition leader = (queue != null) ? queue.leader() : null;
		return (leader != null && leader != this) ? leader.failure() : null;
	}

	private void fail(Reason reason, String problem, @Nullable Throwable cause) {
		completeExceptionally(new LockNotAcquiredException(this.request.name(), reason, problem, cause));
	}

	void stop() {
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
			known = this.phase != Phase.ASKS && !this.inDoubt && !(this.marked && !(this.target instanceof WholeLock));
			id = this.id;
			this.phase = Phase.OVER;
		}
		this.services.watch().remove(this);
		if (!known && id != null) {
			giveBack(id);
		}
		leave();
		this.services.listener().notAcquired(this.request.name(), this.services.since(this.start), reason);
	}

	private void giveBack(byte[] id) {
		this.services.release(this.target, id, this.start, this.terms.leaseMillis());
	}

	private enum Phase {

		STANDS, ASKS, SLEEPS, OVER

	}

}
