package io.github.rediskit.lock;

import java.lang.reflect.Proxy;

import io.github.rediskit.script.RedisGateway;

/**
 * A gateway to whose scripts no two keys can be given, as if each had a slot of its own.
 */
final class Scattered {

	private Scattered() {
	}

	static RedisGateway of(RedisGateway redis) {
		return (RedisGateway) Proxy.newProxyInstance(RedisGateway.class.getClassLoader(),
				new Class<?>[] { RedisGateway.class },
				(proxy, method, arguments) -> method.getName().equals("isOneSlot") ? Boolean.FALSE
						: method.invoke(redis, arguments));
	}

}
