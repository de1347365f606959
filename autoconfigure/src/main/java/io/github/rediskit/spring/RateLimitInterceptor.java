package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.rediskit.key.InvalidKeyNameException;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.ratelimit.UnknownRateLimitPolicyException;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.spring.RateLimitAdvisor.Limits;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

import org.springframework.util.function.SingletonSupplier;

/**
 * Carries out what {@code @RateLimited} on a method says.
 */
final class RateLimitInterceptor implements MethodInterceptor {

	/** A method may block before it returns its future, and wait for another one. */
	private static final int MOST_THREADS = 256;

	private static final int IDLE_SECONDS = 30;

	private final RateLimitedMethods methods;

	private final Supplier<Limits> limits;

	private final Supplier<UnaryOperator<Runnable>> context;

	private final Set<Method> opened = ConcurrentHashMap.newKeySet();

	private final Map<String, RateLimitPolicy> declared = new ConcurrentHashMap<>();

	private volatile @Nullable Scheduler threads;

	RateLimitInterceptor(RateLimitedMethods methods, Supplier<Limits> limits,
			Supplier<UnaryOperator<Runnable>> context) {
		this.methods = methods;
		this.limits = SingletonSupplier.of(limits);
		this.context = SingletonSupplier.of(context);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		RateLimitedMethod method = this.methods.of(invocation.getMethod(), target);
		if (!this.opened.contains(method.method())) { // of a bean that was made after the
														// start
			open(method);
		}
		Call call = new Call(target, invocation.getMethod(), invocation.getArguments());
		return method.delivery().guard(new LimitedCall(method, call, invocation));
	}

	/** Policies that do not exist are found, and those that annotations define do. */
	void open() {
		this.methods.all().stream().flatMap((method) -> method.rules().stream()).forEach(this::declare);
		this.methods.all().forEach(this::open);
	}

	private void open(RateLimitedMethod method) {
		method.rules().forEach(this::declare);
		method.rules().forEach(this::require);
		this.opened.add(method.method());
	}

	private void declare(RateLimitRule rule) {
		RateLimitPolicy definition = rule.definition();
		if (definition != null) {
			this.declared.computeIfAbsent(rule.policy(), (name) -> declared(rule, definition));
		}
	}

	private RateLimitPolicy declared(RateLimitRule rule, RateLimitPolicy definition) {
		requireName(rule);
		if (!this.limits.get().declare(definition)) {
			throw invalid(rule,
					"the policy '%s' is declared elsewhere: leave out limit and period, or write another name"
						.formatted(rule.policy()),
					null);
		}
		return definition;
	}

	private static void requireName(RateLimitRule rule) {
		try {
			new KeySpace(null, "any").key("rate-limit", rule.policy());
		}
		catch (InvalidKeyNameException ex) {
			throw invalid(rule, String.valueOf(ex.getMessage()), ex);
		}
	}

	private void require(RateLimitRule rule) {
		try {
			RateLimitPolicy policy = this.limits.get().limiter().policy(rule.policy());
			if (rule.maxWait() != null && rule.maxWait().fixed() != null) {
				policy.withMaxWait(rule.maxWait().fixed());
			}
		}
		catch (UnknownRateLimitPolicyException ex) {
			throw invalid(rule, ex.getMessage() + ", or by limit and period of the annotation", ex);
		}
		catch (InvalidSettingException ex) {
			throw invalid(rule, "the maxWait %s. %s".formatted(ex.problem(), ex.advice()), ex);
		}
	}

	private static InvalidAnnotationException invalid(RateLimitRule rule, String problem, @Nullable Throwable cause) {
		return new InvalidAnnotationException(RateLimited.class, rule.method(), problem, cause);
	}

	void close() {
		Scheduler threads = this.threads;
		if (threads != null) {
			threads.dispose();
		}
	}

	private Executor threads() {
		Scheduler threads = this.threads;
		if (threads == null) {
			synchronized (this) {
				threads = this.threads;
				if (threads == null) {
					threads = Schedulers.newBoundedElastic(MOST_THREADS, Integer.MAX_VALUE, "rediskit-rate-limited",
							IDLE_SECONDS, true);
					this.threads = threads;
				}
			}
		}
		return threads::schedule;
	}

	/**
	 * A call of a method with the annotation.
	 */
	private final class LimitedCall implements GuardedCall {

		private final RateLimitedMethod method;

		private final Call call;

		private final MethodInvocation invocation;

		LimitedCall(RateLimitedMethod method, Call call, MethodInvocation invocation) {
			this.method = method;
			this.call = call;
			this.invocation = invocation;
		}

		/** Nothing is charged before all expressions have been evaluated. */
		@Override
		public Entry enter(ContextView subscriber) {
			Limits limits = RateLimitInterceptor.this.limits.get();
			return new RateLimitEntry(this.method.rules(), limits.limiter(), limits.observer().observe(subscriber),
					this.call, new CachedCall.Invocation(this.method.method(), this.invocation, this.call.args()));
		}

		@Override
		public Executor executor() {
			return threads();
		}

		@Override
		public Runnable inContext(Runnable task) {
			return RateLimitInterceptor.this.context.get().apply(task);
		}

	}

}
