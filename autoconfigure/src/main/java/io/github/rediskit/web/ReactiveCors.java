package io.github.rediskit.web;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.CorsProcessor;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * Gives a refusal the CORS headers that the request would have got further on, as
 * {@link ServletCors} does. The mappings of WebFlux set them when they find a handler.
 */
public final class ReactiveCors {

	private final CorsProcessor processor = new DefaultCorsProcessor();

	private final Supplier<Sources> sources;

	/**
	 * Creates the search.
	 * @param sources who knows the headers, which is not asked for before the first
	 * refusal
	 */
	public ReactiveCors(Supplier<Sources> sources) {
		this.sources = SingletonSupplier.of(sources);
	}

	/**
	 * Adds the headers.
	 * @return whether the request may be answered; else it has been, since its origin is
	 * not allowed
	 */
	Mono<Boolean> apply(ServerWebExchange exchange) {
		if (!CorsUtils.isCorsRequest(exchange.getRequest()) || isDone(exchange)) {
			return Mono.just(true);
		}
		return Flux.fromIterable(this.sources.get().filters())
			.concatMap((filter) -> passes(filter, exchange))
			.all((passed) -> passed)
			.flatMap((passed) -> passed ? ofHandler(exchange) : Mono.just(false));
	}

	private static Mono<Boolean> passes(CorsWebFilter filter, ServerWebExchange exchange) {
		AtomicBoolean passed = new AtomicBoolean();
		return filter.filter(exchange, (filtered) -> Mono.fromRunnable(() -> passed.set(true)))
			.then(Mono.fromSupplier(passed::get));
	}

	private Mono<Boolean> ofHandler(ServerWebExchange exchange) {
		return Flux.fromIterable(this.sources.get().mappings())
			.concatMap((mapping) -> mapping.getHandler(exchange))
			.next()
			.onErrorComplete() // the request would have failed, too
			.then(Mono.fromSupplier(() -> isDone(exchange) || ofConfiguration(exchange)));
	}

	private boolean ofConfiguration(ServerWebExchange exchange) {
		for (CorsConfigurationSource source : this.sources.get().configurations()) {
			if (!isDone(exchange) && !this.processor.process(source.getCorsConfiguration(exchange), exchange)) {
				return false;
			}
		}
		return !exchange.getResponse().isCommitted();
	}

	private static boolean isDone(ServerWebExchange exchange) {
		return exchange.getResponse().getHeaders().containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
	}

	/**
	 * Who knows of CORS.
	 *
	 * @param filters filters, which may have seen the request or not
	 * @param mappings what finds handlers
	 * @param configurations configurations that others use
	 */
	public record Sources(List<CorsWebFilter> filters, List<HandlerMapping> mappings,
			List<CorsConfigurationSource> configurations) {
	}

}
