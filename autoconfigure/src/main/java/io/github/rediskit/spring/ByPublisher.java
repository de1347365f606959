package io.github.rediskit.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.spring.CachedCall.Proceeding;
import io.github.rediskit.spring.ChangingCall.Changes;
import io.github.rediskit.spring.GuardedCall.Entry;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ResolvableType;

/**
 * The method returns a {@code Mono}, a {@code Flux}, or what Spring can turn into one.
 * Nothing happens before a subscription, and all of it at each. Who cancels stops waiting
 * and does not stop a load that others share.
 *
 * @param adapter turns what the method returns into a publisher, and back
 */
record ByPublisher(ReactiveAdapter adapter) implements Delivery {

	@Override
	public ResolvableType valueType(ResolvableType declared) {
		if (this.adapter.isNoValue()) {
			return ResolvableType.forClass(Void.class);
		}
		ResolvableType element = declared.getGeneric(0);
		return (this.adapter.isMultiValue() && element.resolve() != null)
				? ResolvableType.forClassWithGenerics(List.class, element) : element;
	}

	@Override
	public @Nullable Object answer(CachedCall call) {
		Mono<Object> value = Mono.deferContextual(
				(context) -> later(() -> call.answerAsync((method) -> called(method, context).toFuture())));
		return this.adapter
			.fromPublisher(this.adapter.isMultiValue() ? value.flatMapIterable((list) -> (Collection<?>) list) : value);
	}

	/** The load sees the Reactor context of the subscriber who leads it. */
	private Mono<?> called(Proceeding method, ContextView context) {
		Mono<?> value = this.adapter.isMultiValue() ? Flux.defer(() -> called(method)).collectList()
				: Mono.defer(() -> Mono.from(called(method)));
		return value.contextWrite(context);
	}

	private Publisher<?> called(Proceeding method) {
		try {
			return this.adapter.toPublisher(method.proceedLater());
		}
		catch (Throwable ex) {
			return Mono.error(ex);
		}
	}

	/** The method is called now, and does nothing yet. */
	@Override
	public @Nullable Object surround(ChangingCall call) throws Throwable {
		Object returned = call.proceed();
		if (returned == null) {
			return null;
		}
		Publisher<Object> change = this.adapter.toPublisher(returned);
		Mono<Changes> begun = later(call::beginAsync);
		return this.adapter.fromPublisher(
				this.adapter.isMultiValue() ? begun.flatMapMany((changes) -> many(call.needsResult(), changes, change))
						: begun.flatMap((changes) -> one(changes, change)));
	}

	private static Mono<Object> one(Changes changes, Publisher<Object> change) {
		return failing(changes, Mono.from(change)).flatMap((value) -> ended(changes, value).thenReturn(value))
			.switchIfEmpty(ended(changes, null));
	}

	/** Elements are passed on as they come, and kept only for who asks for them. */
	private static Flux<Object> many(boolean needsResult, Changes changes, Publisher<Object> change) {
		List<Object> elements = new ArrayList<>();
		Flux<Object> passing = Flux.from(change).doOnError((failure) -> changes.fail()).doOnCancel(changes::abandon);
		return (needsResult ? passing.doOnNext(elements::add) : passing).concatWith(ended(changes, elements));
	}

	private static Mono<Object> failing(Changes changes, Mono<Object> change) {
		return change.doOnError((failure) -> changes.fail()).doOnCancel(changes::abandon);
	}

	private static Mono<Object> ended(Changes changes, @Nullable Object result) {
		return later(() -> changes.succeedAsync(result));
	}

	/** Subscribed to by a future of its own, which may be cancelled. */
	private static <T> Mono<T> later(Supplier<? extends CompletionStage<? extends @Nullable T>> stage) {
		return Mono.fromFuture(() -> Objects.requireNonNull(ReadThroughSpringCache.<T>future(stage.get())));
	}

	/** The method is called for each subscription that is let in. */
	@Override
	public @Nullable Object guard(GuardedCall call) {
		return this.adapter.fromPublisher(this.adapter.isMultiValue() ? Flux.deferContextual((subscriber) -> {
			Entry entry = call.enter(subscriber);
			return decided(entry, call).thenMany(Flux.defer(() -> called(entry)))
				.doOnTerminate(entry::leave)
				.doFinally((cancelled) -> entry.leave());
		}) : Mono.deferContextual((subscriber) -> {
			Entry entry = call.enter(subscriber);
			return decided(entry, call).then(Mono.defer(() -> Mono.from(called(entry))))
				.doOnTerminate(entry::leave)
				.doFinally((cancelled) -> entry.leave());
		}));
	}

	/** To cancel is to leave, whatever has happened: so the future is left alone. */
	private static Mono<@Nullable Void> decided(Entry entry, GuardedCall call) {
		CompletableFuture<@Nullable Void> decided = entry.decided();
		return decided.isDone() ? Mono.empty() : Mono.fromFuture(decided.thenRunAsync(() -> {
		}, call.executor()), true);
	}

	private Publisher<Object> called(Entry entry) {
		try {
			return this.adapter.toPublisher(
					Objects.requireNonNull(entry.proceed(), "A method that returns a publisher returned null"));
		}
		catch (Throwable ex) {
			return Mono.error(ex);
		}
	}

}
