package io.github.rediskit.spring;

import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.rediskit.lock.AsyncDistributedLocks;
import io.github.rediskit.lock.DistributedLocks;

import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.DisposableBean;

/**
 * All that {@code @DistributedLock} needs of Spring: which methods have it, and what is
 * done about their calls.
 */
public final class LockAdvisor extends DefaultPointcutAdvisor implements DisposableBean {

	private static final long serialVersionUID = 1L;

	private final transient LockedMethods methods;

	private final transient LockInterceptor interceptor;

	/**
	 * Creates the advisor.
	 * @param methods the methods with the annotation
	 * @param locks what acquires locks, which is not asked for before the first call
	 * @param context takes along what is bound to the current thread, where a method runs
	 * in another one
	 */
	public LockAdvisor(LockedMethods methods, Supplier<Locks> locks, Supplier<UnaryOperator<Runnable>> context) {
		this.methods = methods;
		this.interceptor = new LockInterceptor(methods, locks, context);
		setPointcut(methods);
		setAdvice(this.interceptor);
		setOrder(InterceptorOrder.LOCK);
	}

	/**
	 * The methods with the annotation.
	 * @return those of the beans made so far
	 */
	public LockedMethods methods() {
		return this.methods;
	}

	@Override
	public void destroy() {
		this.interceptor.close();
	}

	/**
	 * What acquires locks.
	 *
	 * @param blocking for methods whose callers wait
	 * @param async for those that return a future or a publisher
	 * @param skipped is told the name of the lock of each call that is skipped
	 */
	public record Locks(DistributedLocks blocking, AsyncDistributedLocks async, Consumer<String> skipped) {
	}

}
