package io.github.rediskit.spring;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitPolicy;

import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * All that {@code @RateLimited} needs of Spring: which methods have it, and what is done
 * about their calls.
 */
public final class RateLimitAdvisor extends DefaultPointcutAdvisor
		implements SmartInitializingSingleton, DisposableBean {

	private static final long serialVersionUID = 1L;

	private final transient RateLimitedMethods methods;

	private final transient RateLimitInterceptor interceptor;

	/**
	 * Creates the advisor.
	 * @param methods the methods with the annotation
	 * @param limits where limits are kept, which is not asked for before the beans are
	 * made
	 * @param context takes along what is bound to the current thread, where a method runs
	 * in another one
	 */
	public RateLimitAdvisor(RateLimitedMethods methods, Supplier<Limits> limits,
			Supplier<UnaryOperator<Runnable>> context) {
		this.methods = methods;
		this.interceptor = new RateLimitInterceptor(methods, limits, context);
		setPointcut(methods);
		setAdvice(this.interceptor);
		setOrder(InterceptorOrder.RATE_LIMIT);
	}

	/**
	 * The methods with the annotation.
	 * @return those of the beans made so far
	 */
	public RateLimitedMethods methods() {
		return this.methods;
	}

	/** A policy that does not exist, or exists twice, is found now. */
	@Override
	public void afterSingletonsInstantiated() {
		this.interceptor.open();
	}

	@Override
	public void destroy() {
		this.interceptor.close();
	}

	/**
	 * Where limits are kept.
	 */
	public interface Limits {

		/**
		 * What decides.
		 * @return the limiter
		 */
		AsyncRateLimiter limiter();

		/**
		 * Declares a policy that an annotation defines.
		 * @param policy the policy
		 * @return whether it is the only one of its name
		 */
		boolean declare(RateLimitPolicy policy);

		/**
		 * Who hears of decisions.
		 * @return the observer, by default nobody
		 */
		default RateLimitObserver observer() {
			return RateLimitObserver.NOBODY;
		}

	}

}
