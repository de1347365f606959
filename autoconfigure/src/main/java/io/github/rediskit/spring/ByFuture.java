package io.github.rediskit.spring;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import io.github.rediskit.spring.ChangingCall.Changes;
import io.github.rediskit.spring.GuardedCall.Entry;
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

	/**
	 * The caller does not wait, so the method may run in another thread. Whoever cancels
	 * what is returned cancels what the method has returned.
	 */
	@Override
	public @Nullable Object guard(GuardedCall call) {
		Entry entry = call.enter();
		CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
		answer.whenComplete((value, failure) -> {
			if (answer.isCancelled() || !entry.decided().isDone()) {
				entry.leave();
			}
		});
		if (entry.decided().isDone()) {
			goOn(entry, answer);
		}
		else {
			Runnable later = call.inContext(() -> goOn(entry, answer));
			entry.decided().thenRunAsync(later, call.executor()).exceptionally((failure) -> {
				entry.leave();
				answer.completeExceptionally((failure.getCause() != null) ? failure.getCause() : failure);
				return null;
			});
		}
		return answer;
	}

	private static void goOn(Entry entry, CompletableFuture<@Nullable Object> answer) {
		if (answer.isDone()) { // by the caller, such as a timeout
			entry.leave();
			return;
		}
		try {
			CompletionStage<?> returned = (CompletionStage<?>) Objects.requireNonNull(entry.proceed(),
					"A method that returns a future returned null");
			answer.whenComplete((value, failure) -> {
				if (answer.isCancelled() && returned instanceof Future<?> future) {
					future.cancel(true);
				}
			});
			ReadThroughSpringCache.future(returned).whenComplete((value, failure) -> {
				entry.leave();
				if (failure != null) {
					answer.completeExceptionally(failure);
				}
				else {
					answer.complete(value);
				}
			});
		}
		catch (Throwable ex) { // the method's, for the caller to see
			entry.leave();
			answer.completeExceptionally(ex);
		}
	}

}
