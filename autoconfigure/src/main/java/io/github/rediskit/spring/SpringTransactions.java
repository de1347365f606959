package io.github.rediskit.spring;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.cache.Transactions;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transactions that Spring binds to the caller's thread. It does not know those that
 * travel in a Reactor context.
 */
public final class SpringTransactions implements Transactions {

	@Override
	public boolean defer(String cache, @Nullable KeyId id, Supplier<CompletionStage<Boolean>> invalidation) {
		if (!TransactionSynchronizationManager.isSynchronizationActive()
				|| !TransactionSynchronizationManager.isActualTransactionActive()) {
			return false;
		}
		PendingInvalidations pending = pending();
		if (pending == null) {
			pending = new PendingInvalidations(this);
			TransactionSynchronizationManager.registerSynchronization(pending);
			TransactionSynchronizationManager.bindResource(this, pending);
		}
		pending.add(cache, id, invalidation);
		return true;
	}

	@Override
	public boolean concerns(String cache, KeyId id) {
		PendingInvalidations pending = pending();
		return pending != null && pending.concern(cache, id);
	}

	private @Nullable PendingInvalidations pending() {
		return (PendingInvalidations) TransactionSynchronizationManager.getResource(this);
	}

}
