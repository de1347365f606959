package io.github.rediskit.cache;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.script.RedisGateway;

/**
 * Counts how often a caller waits for Redis: a wave is what is sent before any of it is
 * answered. To prolong a key is sent beside and not waited for.
 */
final class Waves {

	private static final Set<String> NOT_WAITED_FOR = Set.of("expire");

	private int underWay;

	private int waves;

	RedisGateway count(RedisGateway redis) {
		return (RedisGateway) Proxy.newProxyInstance(RedisGateway.class.getClassLoader(),
				new Class<?>[] { RedisGateway.class }, (proxy, method, arguments) -> {
					boolean counts = !NOT_WAITED_FOR.contains(method.getName());
					if (counts) {
						sent();
					}
					try {
						CompletionStage<?> answer = (CompletionStage<?>) method.invoke(redis, arguments);
						return counts ? answered(answer) : answer;
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	private synchronized void sent() {
		if (this.underWay++ == 0) {
			this.waves++;
		}
	}

	/** Not before the rest of the wave has been sent. */
	private <T> CompletionStage<T> answered(CompletionStage<T> answer) {
		Executor later = CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS);
		return answer.whenCompleteAsync((value, failure) -> answered(), later);
	}

	private synchronized void answered() {
		this.underWay--;
	}

	synchronized void reset() {
		this.waves = 0;
	}

	synchronized int waves() {
		return this.waves;
	}

}
