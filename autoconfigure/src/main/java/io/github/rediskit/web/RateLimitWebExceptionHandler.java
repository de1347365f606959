package io.github.rediskit.web;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * Answers requests whose handler was refused by a rate limit, where the application does
 * not.
 */
public final class RateLimitWebExceptionHandler implements WebExceptionHandler, Ordered {

	/** That of Boot's own, before which it is registered, and after the application's. */
	private static final int ORDER = -1;

	private final HttpRateLimits limits;

	/**
	 * Creates the handler.
	 * @param limits what knows policies
	 */
	public RateLimitWebExceptionHandler(HttpRateLimits limits) {
		this.limits = limits;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
		RateLimitFields fields = ReactiveFields.of(exchange);
		RateLimitProblem problem = exchange.getResponse().isCommitted() ? null : RateLimitProblem.of(failure,
				(decision) -> this.limits.refusal(decision, (fields != null) ? fields : new RateLimitFields()));
		return (problem == null) ? Mono.error(failure) : ReactiveAnswer.write(problem, exchange);
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

}
