package io.github.rediskit.web;

import io.github.rediskit.spring.RateLimitObserver;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Writes how limits stand when a response is about to be sent, whoever has decided on
 * them: rules, or calls that the request leads to, which find it in the context of their
 * subscriber.
 */
public final class ReactiveFields implements WebFilter, RateLimitObserver, Ordered {

	private static final String ATTRIBUTE = RateLimitFields.class.getName();

	private final int order;

	/**
	 * Creates the filter.
	 * @param order its place among the filters, before the one that limits
	 */
	public ReactiveFields(int order) {
		this.order = order;
	}

	static @Nullable RateLimitFields of(ServerWebExchange exchange) {
		return exchange.getAttribute(ATTRIBUTE);
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		RateLimitFields fields = new RateLimitFields();
		exchange.getAttributes().put(ATTRIBUTE, fields);
		HttpHeaders headers = exchange.getResponse().getHeaders();
		exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> fields.write(headers::set)));
		return chain.filter(exchange).contextWrite((context) -> context.put(RateLimitFields.class, fields));
	}

	@Override
	public Decisions observe(ContextView subscriber) {
		RateLimitFields fields = subscriber.getOrDefault(RateLimitFields.class, null);
		return (fields == null) ? Decisions.UNHEARD
				: (policy, permit, cost) -> fields.add(Standing.of(policy, permit, cost));
	}

	@Override
	public int getOrder() {
		return this.order;
	}

}
