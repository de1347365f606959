package io.github.rediskit.lock;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.script.Uninterrupted;
import org.jspecify.annotations.Nullable;

/**
 * One who holds a lock whenever it can be had.
 */
final class Candidacy implements LeaderElection {

	private static final long RETRY_MILLIS = 1000;

	private static final long LONGEST_CLOSE_SECONDS = 5;

	private final Supplier<CompletableFuture<HeldLock>> acquire;

	private final LeaderListener listener;

	private final LockServices services;

	private @Nullable CompletableFuture<HeldLock> acquisition;

	private @Nullable HeldLock leadership;

	private CompletionStage<@Nullable Void> told = CompletableFuture.completedStage(null);

	private volatile @Nullable Thread telling;

	private boolean closed;

	Candidacy(Supplier<CompletableFuture<HeldLock>> acquire, LeaderListener listener, LockServices services) {
		this.acquire = acquire;
		this.listener = listener;
		this.services = services;
	}

	void stand() {
		synchronized (this) {
			if (this.closed) {
				return;
			}
		}
		CompletableFuture<HeldLock> acquisition = this.acquire.get();
		synchronized (this) {
			this.acquisition = acquisition;
			if (this.closed) {
				acquisition.cancel(false);
			}
		}
		acquisition.whenComplete((lock, failure) -> {
			if (lock != null) {
				granted(lock);
			}
			else if (!(failure instanceof LockNotAcquiredException known) || known.reason() != Reason.STOPPED) {
				standLater();
			}
		});
	}

	/** When all who wait have asked, even if they heard nothing of the release. */
	private void standLater() {
		this.services.watch().later(this::stand, RETRY_MILLIS);
	}

	private void granted(HeldLock lock) {
		boolean late;
		synchronized (this) {
			late = this.closed;
			if (!late) {
				this.leadership = lock;
				tell(() -> this.listener.granted(lock));
			}
		}
		if (late) { // who resigns meanwhile releases it himself, after the listener has
					// heard
			lock.release();
			return;
		}
		lock.onLost(() -> {
			if (revoked(lock) != null) {
				stand();
			}
		});
	}

	/** The listener hears of it before anything else happens. */
	private synchronized @Nullable CompletionStage<@Nullable Void> revoked(@Nullable HeldLock lock) {
		if (lock == null || this.leadership != lock) {
			return null;
		}
		this.leadership = null;
		return tell(this.listener::revoked);
	}

	private synchronized CompletionStage<@Nullable Void> tell(Runnable news) {
		this.told = this.told.<@Nullable Void>handleAsync((ignored, failure) -> {
			this.telling = Thread.currentThread();
			try {
				news.run();
			}
			catch (RuntimeException ex) { // a listener's fault must not end the election
				Thread current = Thread.currentThread();
				current.getUncaughtExceptionHandler().uncaughtException(current, ex);
			}
			finally {
				this.telling = null;
			}
			return null;
		}, this.services::call);
		return this.told;
	}

	@Override
	public synchronized boolean isLeader() {
		return this.leadership != null && this.leadership.isHeld();
	}

	@Override
	public void resign() {
		giveUp().thenRun(this::standLater);
	}

	private CompletionStage<?> giveUp() {
		HeldLock lock;
		CompletionStage<@Nullable Void> told;
		synchronized (this) {
			lock = this.leadership;
			told = revoked(lock);
		}
		return (lock != null && told != null) ? told.thenCompose((ignored) -> lock.release())
				: CompletableFuture.failedStage(new IllegalStateException("This instance is not the leader"));
	}

	@Override
	public void close() {
		CompletableFuture<HeldLock> acquisition;
		synchronized (this) {
			this.closed = true;
			acquisition = this.acquisition;
		}
		if (acquisition != null) {
			acquisition.cancel(false);
		}
		CompletableFuture<?> over = giveUp().toCompletableFuture();
		if (this.telling != Thread.currentThread()) {
			Uninterrupted.join(over.<@Nullable Object>thenApply((ignored) -> null)
				.exceptionally((failure) -> null)
				.completeOnTimeout(null, LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS));
		}
	}

}
