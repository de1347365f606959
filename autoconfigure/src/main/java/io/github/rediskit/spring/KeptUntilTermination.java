package io.github.rediskit.spring;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.github.rediskit.lock.LockLostException;
import io.github.rediskit.spring.CachedCall.Proceeding;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.ReactiveAdapter;

/**
 * The method returns a publisher, whose subscription a loss cancels. What ends it is
 * passed on when the lock has been released.
 *
 * @param adapter turns what the method returns into a publisher, and back
 */
record KeptUntilTermination(ReactiveAdapter adapter) implements LockKeeping {

	@Override
	public @Nullable Object keep(CallLock lock, LockScope scope, Proceeding method, Executor executor) {
		Publisher<Object> kept = this.adapter.isMultiValue()
				? Flux.usingWhen(Mono.just(lock), (own) -> many(own, scope, method), (own) -> released(own, executor))
				: Mono.usingWhen(Mono.just(lock), (own) -> one(own, scope, method), (own) -> released(own, executor));
		return this.adapter.fromPublisher(kept);
	}

	private Flux<Object> many(CallLock lock, LockScope scope, Proceeding method) {
		return Flux.defer(() -> called(scope, method))
			.takeUntilOther(loss(lock))
			.concatWith(Mono.defer(() -> checked(lock)))
			.onErrorMap(lock::failure)
			.contextWrite(scope::writeTo);
	}

	private Mono<Object> one(CallLock lock, LockScope scope, Proceeding method) {
		return Mono.defer(() -> Mono.from(called(scope, method)))
			.takeUntilOther(loss(lock))
			.flatMap((value) -> checked(lock).thenReturn(value))
			.switchIfEmpty(Mono.defer(() -> checked(lock)))
			.onErrorMap(lock::failure)
			.contextWrite(scope::writeTo);
	}

	private Publisher<Object> called(LockScope scope, Proceeding method) {
		LockScope before = scope.begin();
		try {
			return this.adapter.toPublisher(
					Objects.requireNonNull(method.proceed(), "A method that returns a publisher returned null"));
		}
		catch (Throwable ex) {
			return Mono.error(ex);
		}
		finally {
			LockScope.set(before);
		}
	}

	/**
	 * It ends without an error, since by one the other would not be cancelled: so what is
	 * lost seems to be complete until it is checked.
	 */
	private static Mono<Object> loss(CallLock lock) {
		return Mono.create((sink) -> {
			Runnable lost = sink::success;
			sink.onDispose(() -> lock.unwatch(lost));
			lock.watch(lost);
		});
	}

	private static Mono<Object> checked(CallLock lock) {
		LockLostException loss = lock.loss();
		return (loss != null) ? Mono.error(loss) : Mono.empty();
	}

	private static Mono<Object> released(CallLock lock, Executor executor) {
		return Mono.defer(() -> {
			CompletableFuture<?> released = lock.release().toCompletableFuture();
			return released.isDone() ? Mono.empty() : Mono.fromFuture(released.thenRunAsync(() -> {
			}, executor), true).then(Mono.empty());
		});
	}

}
