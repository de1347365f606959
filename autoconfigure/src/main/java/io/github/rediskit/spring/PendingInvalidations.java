package io.github.rediskit.spring;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.key.KeyId;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The invalidations that wait for the end of one transaction. They are carried out first
 * of all that happens after the commit. It is of no concern to the transaction whether
 * that succeeds: what Redis does not confirm is repeated.
 */
final class PendingInvalidations implements TransactionSynchronization, Ordered {

	private static final Log logger = LogFactory.getLog(PendingInvalidations.class);

	private final SpringTransactions owner;

	private final List<Pending> pending = new ArrayList<>();

	private final Set<Target> targets = new HashSet<>();

	/** How many there were when each savepoint was made. */
	private final IdentityHashMap<Object, Integer> savepoints = new IdentityHashMap<>();

	PendingInvalidations(SpringTransactions owner) {
		this.owner = owner;
	}

	void add(String cache, @Nullable KeyId id, Supplier<CompletionStage<Boolean>> invalidation) {
		Target target = new Target(cache, id);
		if (this.targets.add(target) || id == null) {
			this.pending.add(new Pending(target, invalidation));
		}
	}

	boolean concern(String cache, KeyId id) {
		return this.targets.contains(new Target(cache, id)) || this.targets.contains(new Target(cache, null));
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	/** Another transaction is going to use the thread. */
	@Override
	public void suspend() {
		TransactionSynchronizationManager.unbindResource(this.owner);
	}

	@Override
	public void resume() {
		TransactionSynchronizationManager.bindResource(this.owner, this);
	}

	@Override
	public void savepoint(Object savepoint) {
		this.savepoints.put(savepoint, this.pending.size());
	}

	/** A savepoint that is not known was made before there were any. */
	@Override
	public void savepointRollback(Object savepoint) {
		int before = this.savepoints.getOrDefault(savepoint, 0);
		this.pending.subList(before, this.pending.size()).clear();
		this.targets.clear();
		this.pending.forEach((each) -> this.targets.add(each.target()));
	}

	@Override
	public void afterCommit() {
		carryOut();
	}

	/**
	 * Also where another synchronization has failed before, and where nobody knows
	 * whether the transaction was committed.
	 */
	@Override
	public void afterCompletion(int status) {
		TransactionSynchronizationManager.unbindResourceIfPossible(this.owner);
		if (status != STATUS_ROLLED_BACK) {
			carryOut();
		}
	}

	private void carryOut() {
		List<CompletableFuture<Boolean>> started = this.pending.stream().map(Pending::start).toList();
		this.pending.clear();
		this.targets.clear();
		started.forEach(CompletableFuture::join);
	}

	private record Target(String cache, @Nullable KeyId id) {
	}

	private record Pending(Target target, Supplier<CompletionStage<Boolean>> invalidation) {

		CompletableFuture<Boolean> start() {
			try {
				return this.invalidation.get().toCompletableFuture().exceptionally(this::failed);
			}
			catch (RuntimeException ex) {
				return CompletableFuture.completedFuture(failed(ex));
			}
		}

		private boolean failed(Throwable failure) {
			logger.error("Entries of the cache '%s' could not be removed after a commit".formatted(this.target.cache()),
					failure);
			return false;
		}

	}

}
