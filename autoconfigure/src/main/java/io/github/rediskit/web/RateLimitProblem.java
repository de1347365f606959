package io.github.rediskit.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimitUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told whose request was not let in: a problem by RFC 9457, of the types
 * that draft-ietf-httpapi-ratelimit-headers registers.
 *
 * @param status the status of the response
 * @param type the end of the type's name
 * @param title what the type means
 * @param detail what is the matter with this request
 * @param violated the names of the limits
 * @param retryAfter seconds after which to try again, or {@code null} if there is no use
 * in it
 */
record RateLimitProblem(int status, String type, String title, String detail, List<String> violated,
		@Nullable Long retryAfter) {

	static final String CONTENT_TYPE = "application/problem+json";

	private static final String TYPES = "https://iana.org/assignments/http-problem-types#";

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int SERVICE_UNAVAILABLE = 503;

	private static final long SOON = 1;

	static RateLimitProblem exceeded(Standing refusal) {
		boolean never = refusal.retryAfter().equals(RateLimitDecision.NEVER);
		long seconds = Math.max(SOON, RateLimitFields.seconds(refusal.retryAfter()));
		return new RateLimitProblem(TOO_MANY_REQUESTS, "quota-exceeded",
				"Request cannot be satisfied as assigned quota has been exceeded",
				never ? "The request costs more than the rate limit '%s' ever allows.".formatted(refusal.policy())
						: "The rate limit '%s' is exceeded. Try again in %d second%s.".formatted(refusal.policy(),
								seconds, (seconds == 1) ? "" : "s"),
				refusal.violated(), never ? null : seconds);
	}

	/** The limits are fine, as far as anybody knows. */
	static RateLimitProblem unavailable() {
		return new RateLimitProblem(SERVICE_UNAVAILABLE, "temporary-reduced-capacity",
				"Request cannot be satisfied due to temporary server capacity constraints",
				"The service can't take the request at the moment.", List.of(), SOON);
	}

	/**
	 * What an exception means to a client.
	 * @param failure what a handler threw
	 * @param refusals knows more about a refusal
	 * @return the problem, or {@code null} if it is none of rate limits
	 */
	static @Nullable RateLimitProblem of(@Nullable Throwable failure, Function<RateLimitDecision, Standing> refusals) {
		Throwable cause = failure;
		while ((cause instanceof CompletionException || cause instanceof ExecutionException)
				&& cause.getCause() != null) {
			cause = cause.getCause();
		}
		if (cause instanceof RateLimitUnavailableException) {
			return unavailable();
		}
		if (cause instanceof RateLimitExceededException refused) {
			RateLimitDecision decision = refused.decision();
			return exceeded((decision != null) ? refusals.apply(decision) // it is
																			// transient
					: new Standing("unknown", Duration.ZERO, List.of(), List.of()));
		}
		return null;
	}

	byte[] body() {
		StringBuilder json = new StringBuilder("{\"type\":").append(quoted(TYPES + this.type))
			.append(",\"title\":")
			.append(quoted(this.title))
			.append(",\"status\":")
			.append(this.status)
			.append(",\"detail\":")
			.append(quoted(this.detail));
		if (!this.violated.isEmpty()) {
			json.append(this.violated.stream()
				.map(RateLimitProblem::quoted)
				.collect(Collectors.joining(",", ",\"violated-policies\":[", "]")));
		}
		return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
	}

	/** An application may throw a refusal of a policy that it has made up. */
	private static String quoted(String text) {
		StringBuilder quoted = new StringBuilder("\"");
		text.chars().forEach((c) -> {
			if (c < ' ') {
				quoted.append("\\u%04x".formatted(c));
			}
			else {
				quoted.append((c == '"' || c == '\\') ? "\\" : "").append((char) c);
			}
		});
		return quoted.append('"').toString();
	}

}
