package io.github.rediskit.lock;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Locks in Redis. What is done for a lock that is held or waited for is done by one
 * thread of this object; what users wrote runs in others.
 */
public final class RedisDistributedLocks implements AsyncDistributedLocks, AutoCloseable {

	private final LockTargets targets;

	private final LockSettings settings;

	private final LockServices services;

	private final WakeUps wakeUps;

	private final JointScript jointScript;

	private final JointWaiters jointWaiters = new JointWaiters();

	private final ThreadPoolExecutor callbacks;

	private final ThreadPoolExecutor endings;

	private volatile boolean stopped;

	/**
	 * Creates the locks.
	 * @param redis the connection that they use
	 * @param keys where their keys lie
	 * @param settings what holds for requests that do not say otherwise
	 * @param listeners what is told what happens
	 */
	public RedisDistributedLocks(RedisGateway redis, KeySpace keys, LockSettings settings,
			List<LockListener> listeners) {
		this(redis, keys, settings, listeners, new LockSources(System::nanoTime, new SecureRandom()));
	}

	RedisDistributedLocks(RedisGateway redis, KeySpace keys, LockSettings settings, List<LockListener> listeners,
			LockSources sources) {
		this.targets = new LockTargets(redis, keys);
		this.settings = settings;
		this.jointScript = new JointScript(redis);
		this.callbacks = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
				daemons("rediskit-lock-callback"));
		this.endings = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				daemons("rediskit-lock-timeout"));
		this.endings.allowCoreThreadTimeOut(true);
		this.services = LockServices.of(sources, this.callbacks, this.endings, new LockListeners(listeners));
		this.wakeUps = new WakeUps(redis, this.targets, this::released);
	}

	private static ThreadFactory daemons(String name) {
		return (task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};
	}

	private void released(LockKey key) {
		this.jointWaiters.wake(key, null);
		LockQueue queue = this.services.queues().get(key);
		if (queue != null) {
			queue.wake();
		}
	}

	@Override
	public CompletionStage<HeldLock> acquire(LockRequest request) {
		return begin(wish(request), wait(request, this.settings.maxWait()));
	}

	@Override
	public CompletionStage<Optional<HeldLock>> tryAcquire(LockRequest request) {
		return new Attempt(begin(wish(request), wait(request, Duration.ZERO)));
	}

	@Override
	public CompletionStage<HeldLock> acquireAll(List<LockRequest> requests) {
		return all(requests, this.settings.maxWait());
	}

	@Override
	public CompletionStage<Optional<HeldLock>> tryAcquireAll(List<LockRequest> requests) {
		return new Attempt(all(requests, Duration.ZERO));
	}

	private CompletableFuture<HeldLock> all(List<LockRequest> requests, Duration defaultWait) {
		LockWishes wishes = new LockWishes(requests.stream().map(this::wish).toList());
		long wait = requests.stream().mapToLong((request) -> wait(request, defaultWait)).max().orElse(0);
		return this.jointScript.fits(wishes) ? atOnce(wishes, wait) : inOrder(wishes, wait);
	}

	private CompletableFuture<HeldLock> atOnce(LockWishes wishes, long waitNanos) {
		JointAcquisition acquisition = new JointAcquisition(this.services, this.wakeUps, this.jointWaiters,
				this.jointScript, wishes, waitNanos);
		acquisition.begin();
		return unlessStopped(acquisition);
	}

	private CompletableFuture<HeldLock> inOrder(LockWishes wishes, long waitNanos) {
		SeveralAcquisitions acquisitions = new SeveralAcquisitions(this.services.sources(), wishes, waitNanos,
				this::begin);
		acquisitions.next();
		return acquisitions;
	}

	private LockWish wish(LockRequest request) {
		return new LockWish(this.targets.of(request), request, Terms.of(request, this.settings));
	}

	private static long wait(LockRequest request, Duration otherwise) {
		return ((request.maxWait() != null) ? request.maxWait() : otherwise).toNanos();
	}

	private Acquisition begin(LockWish wish, long waitNanos) {
		Acquisition acquisition = new Acquisition(this.services, this.wakeUps, wish, waitNanos);
		acquisition.begin();
		return unlessStopped(acquisition);
	}

	private <T extends Asking> T unlessStopped(T acquisition) {
		if (this.stopped) {
			acquisition.stop();
		}
		return acquisition;
	}

	@Override
	public LeaderElection elect(LockRequest request, LeaderListener listener) {
		Candidacy candidacy = new Candidacy(() -> begin(wish(request), LockRequest.LONGEST.toNanos()), listener,
				this.services);
		candidacy.stand();
		return candidacy;
	}

	@Override
	public CompletionStage<Boolean> forceRelease(LockRequest request) {
		LockTarget target = this.targets.of(request);
		return target.force().thenApply((held) -> {
			tenures((tenure) -> {
				if (tenure.target.key.equals(target.key)) {
					tenure.renewSoon();
				}
				return null;
			});
			return held;
		});
	}

	@Override
	public List<LockStatus> held() {
		return tenures((tenure) -> {
			Hold hold = tenure.holder();
			return (hold != null && hold.isHeld()) ? hold.status(waiting(tenure.target.key)) : null;
		});
	}

	private int waiting(LockKey key) {
		LockQueue queue = this.services.queues().get(key);
		long joint = this.jointWaiters.waitingFor(key).stream().filter((one) -> one.isAsleepFor(key)).count();
		return ((queue != null) ? queue.size() : 0) + (int) joint;
	}

	private <T> List<T> tenures(Function<Tenure, @Nullable T> view) {
		List<T> result = new ArrayList<>();
		for (LockWatch.Watched one : this.services.watch().watched()) {
			T element = (one instanceof Tenure tenure) ? view.apply(tenure) : null;
			if (element != null) {
				result.add(element);
			}
		}
		return result;
	}

	/** Whether somebody here waits for a message that the lock is free. */
	boolean isWaiting(LockRequest request) {
		LockKey key = this.targets.of(request).key;
		LockQueue queue = this.services.queues().get(key);
		Acquisition leader = (queue != null) ? queue.leader() : null;
		boolean asleep = (leader != null && leader.phases().isAsleep())
				|| this.jointWaiters.waitingFor(key).stream().anyMatch((one) -> one.isAsleepFor(key));
		return asleep && this.wakeUps.listen(key).isDone();
	}

	/** Whether nothing is left of what was held and waited for. */
	boolean isIdle() {
		return this.services.watch().watched().isEmpty() && this.services.queues().isEmpty()
				&& this.jointWaiters.isEmpty();
	}

	/**
	 * Nobody waits any more, and nothing is renewed. What is held can be released still;
	 * otherwise it ends with its lease.
	 */
	@Override
	public void close() {
		this.stopped = true;
		for (LockWatch.Watched one : this.services.watch().watched()) {
			if (one instanceof Asking acquisition) {
				acquisition.stop();
			}
		}
		this.services.watch().close();
		this.callbacks.shutdown();
		this.endings.shutdown();
	}

	/**
	 * An acquisition to which "held by somebody else" is an answer.
	 */
	private static final class Attempt extends CompletableFuture<Optional<HeldLock>>
			implements BlockingDistributedLocks.Awaited {

		private final CompletableFuture<HeldLock> acquisition;

		Attempt(CompletableFuture<HeldLock> acquisition) {
			this.acquisition = acquisition;
			acquisition.whenComplete((lock, failure) -> {
				if (failure == null) {
					if (!complete(Optional.of(lock))) {
						lock.release();
					}
				}
				else if (failure instanceof LockNotAcquiredException known && known.reason() == Reason.HELD) {
					complete(Optional.empty());
				}
				else {
					completeExceptionally(failure);
				}
			});
		}

		@Override
		public long awaited() {
			return (this.acquisition instanceof BlockingDistributedLocks.Awaited awaited) ? awaited.awaited()
					: Long.MAX_VALUE;
		}

		@Override
		public void overdue() {
			if (this.acquisition instanceof BlockingDistributedLocks.Awaited awaited) {
				awaited.overdue();
			}
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			boolean cancelled = super.cancel(mayInterruptIfRunning);
			if (cancelled) {
				this.acquisition.cancel(mayInterruptIfRunning);
			}
			return cancelled;
		}

	}

}
