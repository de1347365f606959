package io.github.rediskit.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.lock.LockTarget.How;
import org.jspecify.annotations.Nullable;

/*
 * It waits without having anything: neither a lock nor a place in a queue, for both would
 * keep others from locks that nobody uses. So there is no order to keep and no deadlock;
 * but it gets through only at a moment at which all locks are free. Other instances leave
 * them free for a moment to those who wait, and so does this one: to its queues, one who
 * wants several is like somebody in another instance, and has ids like that.
 */

/**
 * One who wants several locks that one script may have: all in one step, or none. Waits
 * for the first that is in the way, and asks for all again.
 */
final class JointAcquisition extends Asking {

	private final LockWishes wishes;

	private final JointScript script;

	private final JointWaiters waiters;

	private volatile @Nullable LockWish inTheWay;

	JointAcquisition(LockServices services, WakeUps wakeUps, JointWaiters waiters, JointScript script,
			LockWishes wishes, long waitNanos) {
		super(services, wakeUps, waitNanos);
		this.wishes = wishes;
		this.script = script;
		this.waiters = waiters;
	}

	LockWishes wishes() {
		return this.wishes;
	}

	void begin() {
		this.services.watch().add(this);
		if (waits()) {
			this.waiters.add(this);
		}
		if (phases().begin(null)) {
			ask();
		}
	}

	@Override
	String name() {
		LockWish current = this.inTheWay;
		return ((current != null) ? current : this.wishes.first()).request().name();
	}

	@Override
	byte[] drawId() {
		return this.services.sources().jointId();
	}

	@Override
	CompletionStage<Answer> send(byte[] id, long asked) {
		How how = !waits() ? How.TRY : phases().wasDenied() ? How.AGAIN : How.WAIT;
		return this.script.acquire(this.wishes, id, asked, how).thenApply((reply) -> answer(reply, id, asked));
	}

	private Answer answer(List<Long> reply, byte[] id, long asked) {
		List<LockWish> all = this.wishes.all();
		if (reply.get(0) == 0) {
			return new Answer.Denied(all.get((int) (reply.get(2) - 1)).key(), reply.get(1));
		}
		List<Tenure> tenures = new ArrayList<>();
		for (int i = 0; i < all.size(); i++) {
			LockWish wish = all.get(i);
			tenures.add(new Tenure(this.services, wish.target(), null, id, wish.terms(), asked, reply.get(i + 1)));
		}
		return new Answer.Granted(tenures);
	}

	@Override
	void heard(Answer.Denied denied) {
		LockWish before = this.inTheWay;
		this.inTheWay = this.wishes.of(denied.key());
		if (before != null && waits() && !before.key().equals(denied.key())) {
			this.waiters.wake(before.key(), this);
		}
	}

	/** One of its locks was released. */
	boolean wakeFor(LockKey key) {
		return (isAsleepFor(key) || !phases().isAsleep()) && wake();
	}

	boolean isAsleepFor(LockKey key) {
		LockWish current = this.inTheWay;
		return phases().isAsleep() && (current == null || current.key().equals(key));
	}

	@Override
	void take(Answer.Granted granted, byte[] id) {
		this.waiters.remove(this);
		List<HeldLock> holds = new ArrayList<>();
		for (int i = 0; i < granted.tenures().size(); i++) {
			LockWish wish = this.wishes.all().get(i);
			Tenure tenure = granted.tenures().get(i);
			holds.add(tenure.next(wish.request(), wish.terms()));
			this.services.watch().add(tenure);
		}
		got(new SeveralLocks(List.copyOf(holds)));
		LockWish freed = this.inTheWay;
		if (freed != null && !freed.target().isExclusive()) {
			this.waiters.wake(freed.key(), this); // there may be a share for the next
		}
	}

	@Override
	boolean isInTheWay(LockKey held) {
		LockWish current = this.inTheWay;
		return current != null && held.equals(current.key());
	}

	/** Others wait for the same, and were not woken because it was. */
	@Override
	void leave() {
		LockWish current = this.inTheWay;
		if (waits()) {
			this.waiters.remove(this);
			if (current != null) {
				this.waiters.wake(current.key(), this);
			}
		}
	}

	@Override
	boolean isMarked() {
		return this.wishes.all().stream().anyMatch((wish) -> wish.target().leavesMarks());
	}

	@Override
	void giveBack(byte[] id) {
		this.wishes.all().forEach((wish) -> giveBack(wish.target(), id, wish.terms()));
	}

}
