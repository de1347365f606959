package io.github.rediskit.web;

import java.security.Principal;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitUnavailableException;
import io.github.rediskit.web.Admission.Outcome;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.Ordered;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Lets requests in as rules say, and answers the others. No thread waits. The permits of
 * concurrency policies are held until the response has ended, or the client is gone; who
 * goes while waiting is not charged.
 */
public final class ReactiveRateLimitFilter implements WebFilter, Ordered {

	private static final String ANONYMOUS = "org.springframework.security.authentication.AnonymousAuthenticationToken";

	private static final String NONE = "";

	private final HttpRateLimits limits;

	private final ReactiveCors cors;

	private final int order;

	/**
	 * Creates the filter.
	 * @param limits the rules
	 * @param cors what makes a refusal readable by browsers
	 * @param order its place among the filters
	 */
	public ReactiveRateLimitFilter(HttpRateLimits limits, ReactiveCors cors, int order) {
		this.limits = limits;
		this.cors = cors;
		this.order = order;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (CorsUtils.isPreFlightRequest(exchange.getRequest())) {
			return chain.filter(exchange);
		}
		LimitedRequest anonymous = request(exchange, NONE);
		List<HttpRule> rules = this.limits.rulesFor(anonymous);
		if (rules.isEmpty()) {
			return chain.filter(exchange);
		}
		if (rules.stream().noneMatch(HttpRule::mayNeedPrincipal)) {
			return limit(rules, anonymous, exchange, chain);
		}
		return exchange.getPrincipal()
			.map(ReactiveRateLimitFilter::name)
			.defaultIfEmpty(NONE)
			.flatMap((name) -> limit(rules, request(exchange, name), exchange, chain));
	}

	/** On a servlet it is nobody, too. */
	private static String name(Principal principal) {
		String name = principal.getClass().getName().equals(ANONYMOUS) ? null : principal.getName();
		return (name != null) ? name : NONE;
	}

	private LimitedRequest request(ServerWebExchange exchange, String principal) {
		return this.limits
			.request(new ReactiveRequestSource(exchange.getRequest(), principal.isEmpty() ? null : principal));
	}

	private Mono<Void> limit(List<HttpRule> rules, LimitedRequest request, ServerWebExchange exchange,
			WebFilterChain chain) {
		return Mono.defer(() -> {
			Admission admission = this.limits.ask(rules, request);
			return decided(admission).flatMap((outcome) -> goOn(outcome, admission, exchange, chain))
				.doFinally((ended) -> admission.leave());
		});
	}

	/** Who brings an answer late must not serve the request. */
	private static Mono<Outcome> decided(Admission admission) {
		Mono<Outcome> decided = Mono.fromFuture(admission.decided(), true);
		return admission.decided().isDone() ? decided : decided.publishOn(Schedulers.parallel());
	}

	private Mono<Void> goOn(Outcome outcome, Admission admission, ServerWebExchange exchange, WebFilterChain chain) {
		RateLimitFields fields = ReactiveFields.of(exchange);
		if (fields != null) {
			outcome.standings().forEach(fields::add);
		}
		if (outcome.isAllowed()) {
			return admission.begin() ? chain.filter(exchange) : Mono.empty();
		}
		if (outcome.refusal() != null) {
			return answer(RateLimitProblem.exceeded(outcome.refusal()), exchange);
		}
		if (outcome.failure() instanceof RateLimitUnavailableException) {
			return answer(RateLimitProblem.unavailable(), exchange);
		}
		return Mono.error((outcome.failure() != null) ? outcome.failure() : new IllegalStateException());
	}

	private Mono<Void> answer(RateLimitProblem problem, ServerWebExchange exchange) {
		return this.cors.apply(exchange)
			.flatMap((allowed) -> allowed ? ReactiveAnswer.write(problem, exchange)
					: exchange.getResponse().setComplete());
	}

	@Override
	public int getOrder() {
		return this.order;
	}

}
