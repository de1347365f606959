package io.github.rediskit.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.cache.Loaded;
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
		Mono<Object> value = Mono.deferContextual((context) -> later(
				() -> call.cache().getAsync(call.id(), () -> load(call, context)).thenApply(call::returned)));
		return this.adapter
			.fromPublisher(this.adapter.isMultiValue() ? value.flatMapIterable((list) -> (List<?>) list) : value);
	}

	/** The load sees the Reactor context of the subscriber who leads it. */
	private CompletionStage<Loaded<Object>> load(CachedCall call, ContextView context) {
		Mono<?> value = this.adapter.isMultiValue() ? Flux.defer(() -> called(call)).collectList()
				: Mono.defer(() -> Mono.from(called(call)));
		return value.contextWrite(context).toFuture().thenApply(call::loaded);
	}

	private Publisher<?> called(CachedCall call) {
		try {
			return this.adapter.toPublisher(call.proceedLater());
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
		Mono<Object> before = later(call::beforeAsync);
		return this.adapter
			.fromPublisher(this.adapter.isMultiValue() ? many(call, before, change) : one(call, before, change));
	}

	private static Mono<Object> one(ChangingCall call, Mono<Object> before, Publisher<Object> change) {
		return before.then(Mono.from(change))
			.flatMap((value) -> later(() -> call.afterAsync(value)).thenReturn(value))
			.switchIfEmpty(later(() -> call.afterAsync(null)));
	}

	/** Elements are passed on as they come, and kept only for who asks for them. */
	private static Flux<Object> many(ChangingCall call, Mono<Object> before, Publisher<Object> change) {
		return Flux.defer(() -> {
			List<Object> elements = new ArrayList<>();
			Flux<Object> passing = before.thenMany(change);
			return (call.needsResult() ? passing.doOnNext(elements::add) : passing)
				.concatWith(later(() -> call.afterAsync(elements)));
		});
	}

	/** Subscribed to by a future of its own, which may be cancelled. */
	private static Mono<Object> later(Supplier<? extends CompletionStage<? extends @Nullable Object>> stage) {
		return Mono.fromFuture(() -> Objects.requireNonNull(ReadThroughSpringCache.<Object>future(stage.get())));
	}

}
