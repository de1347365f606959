package io.github.rediskit.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.rediskit.script.Uninterrupted;

/**
 * Locks that were acquired together. They are lost as soon as one of them is.
 */
final class SeveralLocks implements HeldLock {

	private final List<HeldLock> parts;

	SeveralLocks(List<HeldLock> parts) {
		this.parts = parts;
	}

	@Override
	public String name() {
		return this.parts.get(0).name();
	}

	@Override
	public long fence() {
		return this.parts.get(0).fence();
	}

	@Override
	public boolean isHeld() {
		return this.parts.stream().allMatch(HeldLock::isHeld);
	}

	@Override
	public void requireHeld() {
		this.parts.forEach(HeldLock::requireHeld);
	}

	@Override
	public void onLost(Runnable action) {
		AtomicBoolean first = new AtomicBoolean(true);
		this.parts.forEach((part) -> part.onLost(() -> {
			if (first.getAndSet(false)) {
				action.run();
			}
		}));
	}

	@Override
	public boolean covers(LockRequest request) {
		return this.parts.stream().anyMatch((part) -> part.covers(request));
	}

	@Override
	public List<HeldLock> parts() {
		return this.parts;
	}

	@Override
	public HeldLock share() {
		List<HeldLock> shares = new ArrayList<>();
		try {
			this.parts.forEach((part) -> shares.add(part.share()));
			return new SeveralLocks(List.copyOf(shares));
		}
		catch (LockLostException ex) {
			shares.forEach(HeldLock::release);
			throw ex;
		}
	}

	@Override
	public CompletionStage<Boolean> release() {
		CompletionStage<Boolean> all = CompletableFuture.completedStage(true);
		for (HeldLock part : this.parts) {
			all = all.thenCombine(part.release(), Boolean::logicalAnd);
		}
		return all;
	}

	@Override
	public void close() {
		Uninterrupted.join(release());
	}

}
