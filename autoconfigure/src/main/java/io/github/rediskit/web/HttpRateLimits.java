package io.github.rediskit.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitAttempt.Question;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.UnknownRateLimitPolicyException;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.web.LimitedRequest.Source;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * The rules by which HTTP requests are limited, whatever serves them.
 */
public final class HttpRateLimits {

	private final List<HttpRule> rules;

	private final ClientAddresses addresses;

	private final boolean headers;

	private final Supplier<AsyncRateLimiter> limiter;

	/**
	 * Creates the rules.
	 * @param rules which requests are limited; all that match apply, in this order
	 * @param addresses who requests come from
	 * @param headers whether responses say how limits stand
	 * @param limiter what decides, which is not asked for before the first request
	 */
	public HttpRateLimits(List<HttpRule> rules, ClientAddresses addresses, boolean headers,
			Supplier<AsyncRateLimiter> limiter) {
		this.rules = List.copyOf(rules);
		this.addresses = addresses;
		this.headers = headers;
		this.limiter = SingletonSupplier.of(limiter);
	}

	/**
	 * Finds rules whose policy does not exist.
	 * @throws InvalidSettingException if there are any
	 */
	public void requirePolicies() {
		for (HttpRule rule : this.rules) {
			try {
				this.limiter.get().policy(rule.policy());
			}
			catch (UnknownRateLimitPolicyException ex) {
				throw new InvalidSettingException(rule.setting() + ".policy",
						"is '%s', which does not exist: %s".formatted(rule.policy(), ex.getMessage()),
						"Write the name of one that does.");
			}
		}
	}

	/**
	 * Whether clients are limited by an address that no proxy is trusted to tell.
	 * @return whether a rule is by address, and there are no trusted proxies
	 */
	public boolean isByUntrustedAddress() {
		return !this.addresses.hasTrustedProxies() && this.rules.stream().anyMatch(HttpRule::isByAddress);
	}

	boolean hasHeaders() {
		return this.headers;
	}

	LimitedRequest request(Source source) {
		return new LimitedRequest(source, this.addresses);
	}

	List<HttpRule> rulesFor(LimitedRequest request) {
		List<HttpRule> matching = new ArrayList<>();
		for (HttpRule rule : this.rules) {
			if (rule.isFor(request.getMethod(), request.paths())) {
				matching.add(rule);
			}
		}
		return matching;
	}

	/** All keys and costs are known before anything is charged. */
	Admission ask(List<HttpRule> rules, LimitedRequest request) {
		AsyncRateLimiter limiter = this.limiter.get();
		return Admission.ask(rules.stream().map((rule) -> {
			Object key = rule.key(request);
			return new Question(limiter.policy(rule.policy(), key), key, rule.cost(request));
		}).toList(), limiter);
	}

	/** A refusal that was thrown, as far as it can be told. */
	Standing refusal(RateLimitDecision decision, RateLimitFields fields) {
		Standing known = fields.refusal(decision.policy());
		if (known != null) {
			return known;
		}
		Standing refusal = Standing.of(policy(decision.policy()), decision);
		fields.add(refusal);
		return refusal;
	}

	private @Nullable RateLimitPolicy policy(String name) {
		try {
			return this.limiter.get().policy(name);
		}
		catch (UnknownRateLimitPolicyException ex) {
			return null;
		}
	}

}
