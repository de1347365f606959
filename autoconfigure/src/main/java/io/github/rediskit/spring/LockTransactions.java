package io.github.rediskit.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Keeps a transaction from being committed if the call that it is in has lost its lock.
 * What is outside of a transaction learns nothing between the end of the method and the
 * commit, so the transaction managers are asked to ask.
 */
public final class LockTransactions implements BeanPostProcessor {

	private static final TransactionExecutionListener CHECK = new TransactionExecutionListener() {

		@Override
		public void beforeCommit(TransactionExecution transaction) {
			LockScope.ofThread().locks().forEach(CallLock::requireHeld);
		}

	};

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ConfigurableTransactionManager manager) {
			Collection<TransactionExecutionListener> listeners = manager.getTransactionExecutionListeners();
			if (!listeners.contains(CHECK)) {
				List<TransactionExecutionListener> all = new ArrayList<>(listeners);
				all.add(CHECK);
				manager.setTransactionExecutionListeners(all);
			}
		}
		return bean;
	}

}
