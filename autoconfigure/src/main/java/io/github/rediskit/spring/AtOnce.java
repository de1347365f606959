package io.github.rediskit.spring;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * The method returns the value itself, and its caller waits.
 */
record AtOnce() implements Delivery {

	@Override
	public ResolvableType valueType(ResolvableType declared) {
		return declared;
	}

	@Override
	public @Nullable Object answer(CachedCall call) throws Throwable {
		return call
			.returned(call.cache().get(call.id(), () -> CompletableFuture.completedStage(call.loaded(call.proceed()))));
	}

	@Override
	public @Nullable Object surround(ChangingCall call) throws Throwable {
		call.before();
		Object returned = call.proceed();
		call.after(returned);
		return returned;
	}

}
