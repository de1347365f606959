package io.github.rediskit.spring;

import java.util.concurrent.CompletionStage;

import io.github.rediskit.spring.ChangingCall.Changes;
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
		return ReadThroughSpringCache.future(call.answerAsync((method) -> (CompletionStage<?>) method.proceedLater()));
	}

	/** What happens before the method is waited for. */
	@Override
	public @Nullable Object surround(ChangingCall call) throws Throwable {
		Changes changes = ReadThroughSpringCache.await(call.begin());
		CompletionStage<?> returned;
		try {
			returned = (CompletionStage<?>) call.proceed();
		}
		catch (Throwable ex) {
			changes.fail();
			throw ex;
		}
		return (returned == null) ? null : ReadThroughSpringCache.future(followed(returned, changes));
	}

	private static <T> CompletionStage<@Nullable T> followed(CompletionStage<T> returned, Changes changes) {
		return returned.whenComplete((value, failure) -> {
			if (failure != null) {
				changes.fail();
			}
		}).thenCompose((value) -> changes.succeedAsync(value).thenApply((done) -> value));
	}

}
