package io.github.rediskit.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import io.github.rediskit.spring.ChangingCall.Changes;
import io.github.rediskit.spring.GuardedCall.Entry;
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
		return call.answer((method) -> CompletableFuture.completedStage(method.proceed()));
	}

	@Override
	public @Nullable Object surround(ChangingCall call) throws Throwable {
		Changes changes = ReadThroughSpringCache.await(call.begin());
		Object returned;
		try {
			returned = call.proceed();
		}
		catch (Throwable ex) {
			changes.fail();
			throw ex;
		}
		try {
			changes.succeed(returned).toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() != null) ? ex.getCause() : ex;
		}
		return returned;
	}

	@Override
	public @Nullable Object guard(GuardedCall call) throws Throwable {
		Entry entry = call.enter();
		try {
			await(entry);
			return entry.proceed();
		}
		finally {
			entry.leave();
		}
	}

	/** An interruption ends a wait to be let in, and is kept for later otherwise. */
	private static void await(Entry entry) throws ExecutionException {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					entry.decided().get();
					return;
				}
				catch (InterruptedException ex) {
					interrupted = true;
					RuntimeException end = entry.interrupted();
					if (end != null) {
						throw end;
					}
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
