package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.rediskit.spring.LockAdvisor.Locks;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

import org.springframework.core.ReactiveAdapter;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.function.SingletonSupplier;

/**
 * Carries out what {@code @DistributedLock} on a method says.
 */
final class LockInterceptor implements MethodInterceptor {

	private static final Log logger = LogFactory.getLog(LockInterceptor.class);

	/** A method may block before it returns its future, and wait for another one. */
	private static final int MOST_THREADS = 256;

	private static final int IDLE_SECONDS = 30;

	private final LockedMethods methods;

	private final Supplier<Locks> locks;

	private final Supplier<UnaryOperator<Runnable>> context;

	private final Set<Method> warned = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Scheduler threads;

	LockInterceptor(LockedMethods methods, Supplier<Locks> locks, Supplier<UnaryOperator<Runnable>> context) {
		this.methods = methods;
		this.locks = SingletonSupplier.of(locks);
		this.context = SingletonSupplier.of(context);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		LockedMethod method = this.methods.of(invocation.getMethod(), target);
		Call call = new Call(target, invocation.getMethod(), invocation.getArguments());
		if (method.delivery() instanceof ByPublisher published) {
			ReactiveAdapter adapter = published.adapter();
			return adapter.fromPublisher(adapter.isMultiValue()
					? Flux.deferContextual((context) -> subscribed(method, call, invocation, LockScope.of(context)))
					: Mono.deferContextual(
							(context) -> Mono.from(subscribed(method, call, invocation, LockScope.of(context)))));
		}
		return method.delivery().guard(new LockedCall(method, call, invocation, LockScope.ofThread()));
	}

	private Publisher<Object> subscribed(LockedMethod method, Call call, MethodInvocation invocation, LockScope scope) {
		try {
			ByPublisher delivery = (ByPublisher) method.delivery();
			return delivery.adapter().toPublisher(delivery.guard(new LockedCall(method, call, invocation, scope)));
		}
		catch (RuntimeException ex) {
			return Mono.error(ex);
		}
	}

	void close() {
		Scheduler threads = this.threads;
		if (threads != null) {
			threads.dispose();
		}
	}

	private void execute(Runnable task) {
		try {
			threads().schedule(task);
		}
		catch (RejectedExecutionException ex) {
			task.run(); // the application has stopped, and somebody waits for the end
						// still
		}
	}

	private Scheduler threads() {
		Scheduler threads = this.threads;
		if (threads == null) {
			synchronized (this) {
				threads = this.threads;
				if (threads == null) {
					threads = Schedulers.newBoundedElastic(MOST_THREADS, Integer.MAX_VALUE, "rediskit-locked",
							IDLE_SECONDS, true);
					this.threads = threads;
				}
			}
		}
		return threads;
	}

	/** What a transaction has read may be older than the lock that it waits for. */
	private void warnOfSnapshot(Method method) {
		Integer isolation = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
		if (isolation != null && isolation >= TransactionDefinition.ISOLATION_REPEATABLE_READ
				&& this.warned.add(method)) {
			logger
				.warn(("The lock of %s is acquired inside a transaction that sees the data as of its own beginning, which "
						+ "can be before the lock. Begin the transaction inside the method, or let it read what is committed")
					.formatted(method));
		}
	}

	/**
	 * A call of a method with the annotation.
	 */
	private final class LockedCall implements GuardedCall {

		private final LockedMethod method;

		private final Call call;

		private final MethodInvocation invocation;

		private final LockScope scope;

		LockedCall(LockedMethod method, Call call, MethodInvocation invocation, LockScope scope) {
			this.method = method;
			this.call = call;
			this.invocation = invocation;
			this.scope = scope;
		}

		@Override
		public Entry enter(ContextView subscriber) {
			LockEntry entry = new LockEntry(this.method, this.call, this.invocation, LockInterceptor.this.locks.get(),
					executor(), this.scope);
			if (entry.ask()) {
				warnOfSnapshot(this.method.method());
			}
			return entry;
		}

		@Override
		public Executor executor() {
			return LockInterceptor.this::execute;
		}

		@Override
		public Runnable inContext(Runnable task) {
			return LockInterceptor.this.context.get().apply(task);
		}

	}

}
