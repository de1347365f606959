package io.github.rediskit.spring;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * The method returns a {@code CompletableFuture}. Its caller gets one of its own: to
 * cancel it is to stop waiting, not to stop a load that others share.
 */
record ByFuture() implements Delivery {

	@Override
	public ResolvableType valueType(ResolvableType declared) {
		return declared.getGeneric(0);
	}

	@Override
	public @Nullable Object answer(CachedCall call) {
		return ReadThroughSpringCache.future(call.cache()
			.getAsync(call.id(), () -> ((CompletionStage<?>) call.proceedLater()).thenApply(call::loaded))
			.thenApply(call::returned));
	}

	@Override
	public @Nullable Object surround(ChangingCall call) throws Throwable {
		call.before();
		CompletionStage<?> returned = (CompletionStage<?>) call.proceed();
		return (returned == null) ? null : ReadThroughSpringCache
			.future(returned.thenCompose((value) -> call.afterAsync(value).thenApply((done) -> value)));
	}

}
