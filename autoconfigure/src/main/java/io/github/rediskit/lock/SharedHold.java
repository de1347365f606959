package io.github.rediskit.lock;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.rediskit.script.Uninterrupted;

/**
 * A lock in the hands of a call within the call that acquired it.
 */
final class SharedHold implements HeldLock {

	private final Hold hold;

	private final AtomicBoolean closed = new AtomicBoolean();

	SharedHold(Hold hold) {
		this.hold = hold;
	}

	@Override
	public String name() {
		return this.hold.name();
	}

	@Override
	public long fence() {
		return this.hold.fence();
	}

	@Override
	public boolean isHeld() {
		return this.hold.isHeld();
	}

	@Override
	public void requireHeld() {
		this.hold.requireHeld();
	}

	@Override
	public void onLost(Runnable action) {
		this.hold.onLost(action);
	}

	@Override
	public boolean covers(LockRequest request) {
		return this.hold.covers(request);
	}

	@Override
	public List<HeldLock> parts() {
		return List.of(this);
	}

	@Override
	public HeldLock share() {
		return this.hold.share();
	}

	@Override
	public CompletionStage<Boolean> release() {
		return this.closed.compareAndSet(false, true) ? this.hold.letGo() : CompletableFuture.completedStage(false);
	}

	@Override
	public void close() {
		Uninterrupted.join(release());
	}

}
