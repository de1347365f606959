package io.github.rediskit.web;

import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes a problem as the response of WebFlux.
 */
final class ReactiveAnswer {

	private ReactiveAnswer() {
	}

	static Mono<Void> write(RateLimitProblem problem, ServerWebExchange exchange) {
		ServerHttpResponse response = exchange.getResponse();
		response.setStatusCode(HttpStatusCode.valueOf(problem.status()));
		HttpHeaders headers = response.getHeaders();
		headers.clearContentHeaders();
		if (problem.retryAfter() != null) {
			headers.set(HttpHeaders.RETRY_AFTER, problem.retryAfter().toString());
		}
		headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
		byte[] body = problem.body();
		headers.setContentLength(body.length);
		return HttpMethod.HEAD.equals(exchange.getRequest().getMethod()) ? response.setComplete()
				: response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
	}

}
