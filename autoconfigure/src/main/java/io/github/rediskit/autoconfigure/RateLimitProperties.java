package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.rediskit.ratelimit.RateLimitAlgorithm;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import io.github.rediskit.web.ClientAddresses.ForwardedHeader;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the rate limits.
 *
 * @param connection Name of the connection that rate limits use.
 * @param instances How many instances of the application share a limit while Redis is
 * away and a policy says "on-failure: local", until Redis has counted them.
 * @param shadow Whether all policies count only, and never refuse.
 * @param policies Policies by name. A name with dots needs brackets: "[my.policy]".
 * @param http Limits of HTTP requests.
 */
@ConfigurationProperties(prefix = "rediskit.rate-limit", ignoreUnknownFields = false)
record RateLimitProperties(@DefaultValue("default") String connection, @DefaultValue("1") int instances,
		@DefaultValue("false") boolean shadow, @DefaultValue Map<String, Policy> policies, @DefaultValue Http http) {

	/**
	 * What may be done how often.
	 *
	 * @param algorithm How it counts: token-bucket, sliding-window, sliding-log,
	 * fixed-window or concurrency.
	 * @param limits Limits, all of which must allow a call.
	 * @param hold How long a permit of a concurrency limit lives unless it is renewed.
	 * @param maxWait How long a caller waits instead of being refused; 0 for not at all.
	 * @param timeBudget What a Redis that does not answer may cost one decision.
	 * @param onFailure What happens then: the call is allowed (open), fails (closed), or
	 * is decided by each instance's share of the limit (local).
	 * @param shadow Whether the policy counts only, and never refuses.
	 * @param maxKeys How many keys of the policy each instance lets live in Redis. New
	 * keys beyond that share one limit, so that invented keys can't fill Redis.
	 */
	record Policy(@DefaultValue("token-bucket") RateLimitAlgorithm algorithm, @DefaultValue List<Limit> limits,
			@DefaultValue("30s") Duration hold, @DefaultValue("0s") Duration maxWait,
			@DefaultValue("100ms") Duration timeBudget, @DefaultValue("open") OnFailure onFailure,
			@DefaultValue("false") boolean shadow, @DefaultValue("1000000") long maxKeys) {

		/**
		 * How much in which time.
		 *
		 * @param limit How much is allowed in a period.
		 * @param period Period, which a concurrency limit has not.
		 * @param capacity How much a token bucket holds: what is allowed at once after a
		 * pause. By default the limit.
		 */
		record Limit(@Nullable Long limit, @Nullable Duration period, @Nullable Long capacity) {
		}

	}

	/**
	 * Limits of HTTP requests.
	 *
	 * @param rules Which requests are limited by what. All that match apply, in this
	 * order; what one has charged is given back if a later one refuses.
	 * @param headers Whether responses have the headers RateLimit and RateLimit-Policy.
	 * @param trustedProxies Addresses and ranges, such as 10.0.0.0/8, of the proxies
	 * whose word is taken for whom they forward.
	 * @param forwardedHeader Where these proxies write the address of the client:
	 * x-forwarded-for, or forwarded (RFC 7239).
	 * @param ipv6Prefix How many bits of an IPv6 address are one client.
	 * @param order Place of the filter among the others. Spring Security's is -100;
	 * before it no principal is known.
	 */
	record Http(@DefaultValue List<Rule> rules, @DefaultValue("true") boolean headers,
			@DefaultValue List<String> trustedProxies, @DefaultValue("x-forwarded-for") ForwardedHeader forwardedHeader,
			@DefaultValue("64") int ipv6Prefix, @DefaultValue("-50") int order) {

		/**
		 * Which requests are limited by what.
		 *
		 * @param path Pattern of paths within the application, as for Spring's mappings,
		 * such as "/api/**".
		 * @param method Methods, such as GET, which is also HEAD; by default all.
		 * @param policy Name of the policy.
		 * @param key Who or what is limited: ip, principal, header:NAME, or SpEL over
		 * path, method, headers, parameters, address, principal.
		 * @param cost What a request costs: a whole number, or SpEL that yields one. By
		 * default 1.
		 */
		record Rule(@Nullable String path, @DefaultValue List<String> method, @Nullable String policy,
				@Nullable String key, @Nullable String cost) {
		}

	}

}
