package io.github.rediskit.autoconfigure;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.rediskit.lock.AsyncDistributedLocks;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.LeaderElection;
import io.github.rediskit.lock.LeaderListener;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.lock.LockStatus;
import io.github.rediskit.lock.RedisDistributedLocks;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * The locks of an application, which stop before their connection does: elections are
 * closed first, so that another instance leads at once, then nobody waits any more. What
 * calls hold that are still running they can release until the connection is closed.
 * After a pause of the context there are new ones, and candidates stand again.
 */
final class ManagedLocks implements AsyncDistributedLocks, SmartLifecycle {

	private final Supplier<RedisDistributedLocks> create;

	private final int phase;

	private final Set<ManagedElection> elections = ConcurrentHashMap.newKeySet();

	private volatile @Nullable RedisDistributedLocks locks;

	private volatile boolean running;

	private boolean stopped;

	/**
	 * Creates the locks.
	 * @param create makes them when they are first asked for
	 * @param phase in which they stop
	 */
	ManagedLocks(Supplier<RedisDistributedLocks> create, int phase) {
		this.create = create;
		this.phase = phase;
	}

	private RedisDistributedLocks locks() {
		RedisDistributedLocks locks = this.locks;
		return (locks != null) ? locks : created();
	}

	private synchronized RedisDistributedLocks created() {
		RedisDistributedLocks locks = this.locks;
		if (locks == null) {
			locks = this.create.get();
			if (this.stopped) {
				locks.close();
			}
			this.locks = locks;
		}
		return locks;
	}

	@Override
	public CompletionStage<HeldLock> acquire(LockRequest request) {
		return locks().acquire(request);
	}

	@Override
	public CompletionStage<Optional<HeldLock>> tryAcquire(LockRequest request) {
		return locks().tryAcquire(request);
	}

	@Override
	public CompletionStage<HeldLock> acquireAll(List<LockRequest> requests) {
		return locks().acquireAll(requests);
	}

	@Override
	public CompletionStage<Optional<HeldLock>> tryAcquireAll(List<LockRequest> requests) {
		return locks().tryAcquireAll(requests);
	}

	@Override
	public LeaderElection elect(LockRequest request, LeaderListener listener) {
		ManagedElection election = new ManagedElection(request, listener, locks().elect(request, listener));
		this.elections.add(election);
		return election;
	}

	@Override
	public CompletionStage<Boolean> forceRelease(LockRequest request) {
		return locks().forceRelease(request);
	}

	@Override
	public List<LockStatus> held() {
		RedisDistributedLocks locks = this.locks;
		return (locks != null) ? locks.held() : List.of();
	}

	@Override
	public void start() {
		boolean again;
		synchronized (this) {
			again = this.stopped;
			if (again) {
				this.locks = null;
				this.stopped = false;
			}
			this.running = true;
		}
		if (again) {
			this.elections.forEach(ManagedElection::standAgain);
		}
	}

	@Override
	public void stop() {
		this.elections.forEach(ManagedElection::leave);
		synchronized (this) {
			this.running = false;
			if (!this.stopped && this.locks != null) {
				this.locks.close();
			}
			this.stopped = true;
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

	/**
	 * An election that closes with the application, unless it was closed before.
	 */
	private final class ManagedElection implements LeaderElection {

		private final LockRequest request;

		private final LeaderListener listener;

		private volatile LeaderElection election;

		ManagedElection(LockRequest request, LeaderListener listener, LeaderElection election) {
			this.request = request;
			this.listener = listener;
			this.election = election;
		}

		void leave() {
			this.election.close();
		}

		void standAgain() {
			LeaderElection again = locks().elect(this.request, this.listener);
			this.election = again;
			if (!ManagedLocks.this.elections.contains(this)) { // closed meanwhile
				again.close();
			}
		}

		@Override
		public boolean isLeader() {
			return this.election.isLeader();
		}

		@Override
		public void resign() {
			this.election.resign();
		}

		@Override
		public void close() {
			ManagedLocks.this.elections.remove(this);
			this.election.close();
		}

	}

}
