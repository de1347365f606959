package io.github.rediskit.cache;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Keeps one lease alive while its load runs, until a limit. So the lease can be short,
 * and another instance takes over soon after this one died; and a load that hangs holds
 * up the others for a bounded time only.
 */
final class LeaseRenewal implements Runnable, AutoCloseable {

	private static final int RENEWALS_PER_LEASE = 3;

	private final Supplier<CompletionStage<Boolean>> renew;

	private long remainingRenewals;

	private volatile boolean closed;

	private @Nullable ScheduledFuture<?> schedule;

	private LeaseRenewal(Supplier<CompletionStage<Boolean>> renew, long renewals) {
		this.renew = renew;
		this.remainingRenewals = renewals;
	}

	static LeaseRenewal start(ScheduledExecutorService timer, Duration lease, Duration limit,
			Supplier<CompletionStage<Boolean>> renew) {
		long period = Math.max(1, lease.toMillis() / RENEWALS_PER_LEASE);
		// the last one ends with the limit
		LeaseRenewal renewal = new LeaseRenewal(renew, Math.max(0, limit.minus(lease).toMillis() / period));
		synchronized (renewal) {
			try {
				renewal.schedule = timer.scheduleAtFixedRate(renewal, period, period, TimeUnit.MILLISECONDS);
			}
			catch (RejectedExecutionException ex) {
				// the application is stopping: the load goes on, its lease may end before
				// it
			}
		}
		return renewal;
	}

	@Override
	public void run() {
		if (this.closed || --this.remainingRenewals < 0) {
			close();
			return;
		}
		this.renew.get().whenComplete((held, failure) -> {
			// no answer is no reason to stop: the next renewal may still come in time
			if (failure == null && !held) {
				close();
			}
		});
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.schedule != null) {
			this.schedule.cancel(false);
		}
	}

}
