package io.github.rediskit.session;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.RedisUnavailableException;

/**
 * What happens between two scripts of an instance, and to their answers.
 */
final class Interference {

	private int before;

	private Runnable action = () -> {
	};

	private int lost;

	private int dropped;

	private final AtomicInteger unanswered = new AtomicInteger();

	private final AtomicInteger most = new AtomicInteger();

	/** How many scripts have been under way at a time. */
	int most() {
		return this.most.get();
	}

	/** Does something once, right before one of the next scripts is sent. */
	synchronized void before(int script, Runnable action) {
		this.before = script;
		this.action = action;
	}

	/** Redis runs one of the next scripts, and nobody hears of it. */
	synchronized void lose(int script) {
		this.lost = script;
	}

	/** One of the next scripts never arrives. */
	synchronized void drop(int script) {
		this.dropped = script;
	}

	/** Whether what was to be done has been done. */
	synchronized boolean isDone() {
		return this.before <= 0 && this.lost <= 0 && this.dropped <= 0;
	}

	RedisGateway with(RedisGateway redis) {
		return (RedisGateway) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { RedisGateway.class },
				(proxy, method, arguments) -> {
					if (!method.getName().equals("run")) {
						return invoke(redis, method, arguments);
					}
					Runnable due = due();
					if (due != null) {
						due.run();
					}
					CompletionStage<?> failed = CompletableFuture
						.failedStage(new RedisUnavailableException("No answer", null));
					boolean loses = loses();
					if (drops()) {
						return failed;
					}
					this.most.accumulateAndGet(this.unanswered.incrementAndGet(), Math::max);
					CompletionStage<?> answer = ((CompletionStage<?>) invoke(redis, method, arguments))
						.whenComplete((reply, failure) -> this.unanswered.decrementAndGet());
					return loses ? answer.thenCompose((unheard) -> failed) : answer;
				});
	}

	private synchronized Runnable due() {
		return (this.before > 0 && --this.before == 0) ? this.action : null;
	}

	private synchronized boolean loses() {
		return this.lost > 0 && --this.lost == 0;
	}

	private synchronized boolean drops() {
		return this.dropped > 0 && --this.dropped == 0;
	}

	private static Object invoke(RedisGateway redis, Method method, Object[] arguments) throws Throwable {
		try {
			return method.invoke(redis, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
