package io.github.rediskit.lock;

import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.lock.LockTarget.How;
import io.github.rediskit.lock.LockTarget.Reply;
import org.jspecify.annotations.Nullable;

/**
 * One who wants a lock. It stands in the queue of this instance, until it is its turn to
 * ask Redis, or gets the lock from the one before.
 */
final class Acquisition extends Asking {

	private final LockTarget target;

	private final LockRequest request;

	private final Terms terms;

	private volatile @Nullable LockQueue queue;

	private volatile How how;

	Acquisition(LockServices services, WakeUps wakeUps, LockWish wish, long waitNanos) {
		super(services, wakeUps, waitNanos);
		this.target = wish.target();
		this.request = wish.request();
		this.terms = wish.terms();
		this.how = patience();
	}

	private How patience() {
		return waits() ? How.WAIT : How.TRY;
	}

	Terms terms() {
		return this.terms;
	}

	@Override
	String name() {
		return this.request.name();
	}

	@Override
	byte[] drawId() {
		return this.services.sources().id();
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
					markContended();
					if (phases().isOver()) { // cancelled meanwhile
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
		Throwable failure = (leader != null) ? leader.phases().lastFailure() : null;
		if (failure != null) {
			fail(Reason.UNAVAILABLE, ": " + failure.getMessage(), failure);
		}
		else {
			fail(Reason.HELD, ": somebody else holds it", null);
		}
	}

	/** It is its turn to ask Redis. */
	void lead() {
		if (phases().begin(null)) {
			ask();
		}
		else {
			leave();
		}
	}

	/** It is its turn, and may go on with the lock that was held under an id. */
	void turn(byte[] id) {
		this.how = How.TURN;
		if (phases().begin(id)) {
			ask();
		}
		else {
			giveBack(id);
		}
	}

	/** It gets the lock from the one before. */
	void handOver(Tenure tenure) {
		phases().end();
		Hold hold = tenure.next(this.request, this.terms);
		if (isAwaited()) {
			got(hold);
		}
		else {
			this.services.call(() -> got(hold));
		}
	}

	@Override
	CompletionStage<Answer> send(byte[] id, long asked) {
		return this.target.acquire(id, this.terms.millis(asked, asked + this.terms.atLeastNanos()), this.how)
			.thenApply((reply) -> answer(reply, id, asked));
	}

	private Answer answer(Reply reply, byte[] id, long asked) {
		return reply.acquired()
				? new Answer.Granted(List
					.of(new Tenure(this.services, this.target, this.queue, id, this.terms, asked, reply.value())))
				: new Answer.Denied(this.target.key, reply.value());
	}

	@Override
	void heard(Answer.Denied denied) {
		this.how = patience();
	}

	@Override
	void take(Answer.Granted granted, byte[] id) {
		Tenure tenure = granted.tenures().get(0);
		LockQueue queue = this.queue;
		if (queue != null && !queue.granted(this, tenure)) {
			giveBack(id);
			return;
		}
		Hold hold = tenure.next(this.request, this.terms);
		this.services.watch().add(tenure);
		got(hold);
		Acquisition next = (queue != null && !this.target.isExclusive()) ? queue.shared() : null;
		if (next != null) {
			next.lead();
		}
	}

	@Override
	@Nullable Throwable failure() {
		if (!phases().isStanding()) {
			return super.failure();
		}
		LockQueue queue = this.queue;
		Acquisition leader = (queue != null) ? queue.leader() : null;
		return (leader != null && leader != this) ? leader.failure() : null;
	}

	@Override
	boolean isInTheWay(LockKey held) {
		return held.equals(this.target.key);
	}

	@Override
	void leave() {
		LockQueue queue = this.queue;
		Acquisition next = (queue != null) ? queue.leave(this) : null;
		if (next != null) {
			next.lead();
		}
	}

	@Override
	boolean isMarked() {
		return this.target.leavesMarks();
	}

	@Override
	void giveBack(byte[] id) {
		giveBack(this.target, id, this.terms);
	}

}
