package io.github.rediskit.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.rediskit.lock.LockListener.LossReason;
import io.github.rediskit.script.Uninterrupted;
import org.jspecify.annotations.Nullable;

/**
 * A lock in the hands of one caller, who may share it with the calls below.
 */
final class Hold implements HeldLock {

	private final LockServices services;

	private final Tenure tenure;

	private final LockRequest request;

	private final Terms terms;

	private final long fence;

	private final long since;

	private final AtomicReference<State> state = new AtomicReference<>(State.HELD);

	private final AtomicInteger handles = new AtomicInteger(1);

	private final AtomicBoolean closed = new AtomicBoolean();

	private @Nullable List<Runnable> onLost;

	Hold(LockServices services, Tenure tenure, LockRequest request, Terms terms, long fence) {
		this.services = services;
		this.tenure = tenure;
		this.request = request;
		this.terms = terms;
		this.fence = fence;
		this.since = services.now();
	}

	@Override
	public String name() {
		return this.request.name();
	}

	@Override
	public long fence() {
		return this.fence;
	}

	@Override
	public boolean isHeld() {
		return this.state.get() == State.HELD && this.tenure.isValid(this.services.now());
	}

	@Override
	public void requireHeld() {
		if (!isHeld()) {
			throw new LockLostException(name(), (this.state.get() == State.RELEASED) ? "was released before"
					: "was lost after %d ms: somebody else may hold it".formatted(heldFor().toMillis()));
		}
	}

	@Override
	public void onLost(Runnable action) {
		synchronized (this) {
			if (this.state.get() == State.HELD) {
				if (this.onLost == null) {
					this.onLost = new ArrayList<>(1);
				}
				this.onLost.add(action);
				return;
			}
		}
		if (this.state.get() == State.LOST) {
			this.services.call(action);
		}
	}

	@Override
	public boolean covers(LockRequest request) {
		return this.request.name().equals(request.name()) && this.request.id().equals(request.id())
				&& (this.request.kind().equals(request.kind())
						|| (this.request.kind() == LockKind.WRITE && request.kind() == LockKind.READ));
	}

	@Override
	public List<HeldLock> parts() {
		return List.of(this);
	}

	@Override
	public HeldLock share() {
		requireHeld();
		if (this.handles.getAndUpdate((count) -> (count > 0) ? count + 1 : 0) == 0) {
			throw new LockLostException(name(), "was released before");
		}
		return new SharedHold(this);
	}

	@Override
	public CompletionStage<Boolean> release() {
		return this.closed.compareAndSet(false, true) ? letGo() : CompletableFuture.completedStage(false);
	}

	@Override
	public void close() {
		Uninterrupted.join(release());
	}

	/** One of those who share it needs it no more. */
	CompletionStage<Boolean> letGo() {
		return (this.handles.decrementAndGet() > 0) ? CompletableFuture.completedStage(isHeld()) : end();
	}

	private CompletionStage<Boolean> end() {
		if (!this.state.compareAndSet(State.HELD, State.RELEASED)) {
			this.state.set(State.RELEASED);
			return this.tenure.giveBack().thenApply((held) -> false); // may not have
																		// ended yet
		}
		this.services.listener().released(name(), heldFor());
		boolean valid = this.tenure.isValid(this.services.now());
		LockQueue.Next next = this.tenure.released();
		Acquisition acquisition = next.acquisition();
		if (acquisition != null && next.how() == LockQueue.How.HAS_IT) {
			acquisition.handOver(this.tenure);
			return CompletableFuture.completedStage(true);
		}
		this.tenure.end();
		if (acquisition != null && next.how() == LockQueue.How.ASKS_FOR_A_TURN) {
			acquisition.turn(this.tenure.id);
			return CompletableFuture.completedStage(true);
		}
		CompletionStage<Boolean> released = this.tenure.giveBack();
		if (acquisition != null) {
			acquisition.lead();
		}
		return released.thenApply((held) -> held && valid);
	}

	/**
	 * It is held no more, and its holder does not know yet.
	 * @return whether it was held
	 */
	boolean lose(LossReason reason) {
		List<Runnable> actions;
		synchronized (this) {
			if (!this.state.compareAndSet(State.HELD, State.LOST)) {
				return false;
			}
			actions = (this.onLost != null) ? this.onLost : List.of();
			this.onLost = null;
		}
		actions.forEach(this.services::call);
		this.services.listener().lost(name(), heldFor(), reason);
		return true;
	}

	boolean isToEnd(long now) {
		return now - this.since >= this.terms.maxHoldNanos();
	}

	/** Until when nobody else may have the lock. */
	long atLeastUntil() {
		return this.since + this.terms.atLeastNanos();
	}

	private Duration heldFor() {
		return this.services.since(this.since);
	}

	LockStatus status(int waiting) {
		return new LockStatus(name(), this.request.id(), this.request.kind(), this.fence, heldFor(),
				Duration.ofNanos(Math.max(0, this.tenure.validUntil() - this.services.now())), waiting);
	}

	private enum State {

		HELD, LOST, RELEASED

	}

}
