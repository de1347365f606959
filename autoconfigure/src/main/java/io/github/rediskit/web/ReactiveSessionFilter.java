package io.github.rediskit.web;

import io.github.rediskit.session.SessionRequest;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Tells the session who sends the request, and answers where there can be no session:
 * with {@code 503} while Redis is away, and with {@code 403} to a user who has all the
 * sessions that he may have. A session is saved when the response begins, which is seen
 * to here, so that a failure is still answered.
 */
public final class ReactiveSessionFilter implements WebFilter, Ordered {

	private final ClientAddresses addresses;

	private final int order;

	/**
	 * Creates the filter.
	 * @param addresses who is believed about where a request comes from
	 * @param order its place among the filters
	 */
	public ReactiveSessionFilter(ClientAddresses addresses, int order) {
		this.addresses = addresses;
		this.order = order;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		SessionRequest session = sessionRequest(exchange.getRequest());
		return chain.filter(exchange)
			.then(Mono.defer(() -> exchange.getResponse().setComplete()))
			.onErrorMap((failure) -> answer(failure, exchange))
			.contextWrite((context) -> context.put(SessionRequest.class, session));
	}

	private SessionRequest sessionRequest(ServerHttpRequest request) {
		ReactiveRequestSource source = new ReactiveRequestSource(request, null);
		return new SessionRequest(() -> request.getHeaders().getFirst(HttpHeaders.USER_AGENT),
				() -> this.addresses.exactly(source.remoteAddress(), source::header));
	}

	private static Throwable answer(Throwable failure, ServerWebExchange exchange) {
		SessionTrouble trouble = SessionTrouble.of(failure);
		if (trouble == null || exchange.getResponse().isCommitted()) {
			return failure;
		}
		if (trouble.retryAfter() > 0) {
			exchange.getResponse().getHeaders().set(HttpHeaders.RETRY_AFTER, Integer.toString(trouble.retryAfter()));
		}
		return new ResponseStatusException(HttpStatusCode.valueOf(trouble.status()), trouble.detail(), failure);
	}

	@Override
	public int getOrder() {
		return this.order;
	}

}
