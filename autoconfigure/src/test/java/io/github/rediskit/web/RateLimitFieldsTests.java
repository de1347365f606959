package io.github.rediskit.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.ratelimit.RateLimitAlgorithm;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimitPermit;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitStatus;
import io.github.rediskit.ratelimit.RateLimitUnavailableException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How limits stand, on the wire.
 */
class RateLimitFieldsTests {

	private static final RateLimitPolicy SEARCH = RateLimitPolicy.of("search", 10, Duration.ofSeconds(1));

	private static final RateLimitPolicy BOTH = RateLimitPolicy.of("both", RateLimitAlgorithm.TOKEN_BUCKET,
			List.of(Limit.of(10, Duration.ofSeconds(1)), Limit.of(1000, Duration.ofHours(1))));

	private final RateLimitFields fields = new RateLimitFields();

	@Test
	void oneLimitHasTheNameOfItsPolicy() {
		this.fields.add(Standing.of(SEARCH, allowed("search", status(10, "1s", 9, "0s", "0.1s")), 1));
		assertThat(written()).containsExactly(Map.entry("RateLimit-Policy", "\"search\";q=10;w=1"),
				Map.entry("RateLimit", "\"search\";r=9;t=1"));
	}

	@Test
	void severalHaveNamesOfTheirOwn() {
		this.fields.add(Standing.of(BOTH,
				allowed("both", status(10, "1s", 0, "0s", "1s"), status(1000, "1h", 990, "0s", "36.000001s")), 1));
		this.fields.add(Standing.of(SEARCH, allowed("search", status(10, "1s", 9, "0s", "0s")), 1));
		assertThat(written())
			.containsEntry("RateLimit-Policy", "\"both-1s\";q=10;w=1, \"both-1h\";q=1000;w=3600, \"search\";q=10;w=1")
			.containsEntry("RateLimit", "\"both-1s\";r=0;t=1, \"both-1h\";r=990;t=37, \"search\";r=9;t=0");
	}

	@Test
	void onlyWhatRefusesSaysWhenItWillNot() {
		Standing standing = Standing.of(BOTH,
				refused("both", status(10, "1s", 0, "0.2s", "1s"), status(1000, "1h", 990, "0s", "36s")), 1);
		this.fields.add(standing);
		assertThat(written()).containsEntry("RateLimit", "\"both-1s\";r=0;t=1, \"both-1h\";r=990");
		assertThat(standing.violated()).containsExactly("both-1s");
		RateLimitProblem problem = RateLimitProblem.exceeded(standing);
		assertThat(problem.status()).isEqualTo(429);
		assertThat(problem.retryAfter()).isEqualTo(1);
	}

	@Test
	void noLimitEndsAfterTheTimeToTryAgain() {
		Standing standing = Standing.of(BOTH,
				permit(new RateLimitDecision("both", false, 1000, 0, Duration.ofMillis(4100), Duration.ofHours(1)),
						status(10, "1s", 0, "0.2s", "1s"), status(1000, "1h", 0, "5.05s", "1h")),
				1); // made a second ago
		this.fields.add(standing);
		assertThat(written()).containsEntry("RateLimit", "\"both-1s\";r=0;t=1, \"both-1h\";r=0;t=5");
		assertThat(RateLimitProblem.exceeded(standing).retryAfter()).isEqualTo(5);
	}

	@Test
	void aConcurrencyLimitCountsRequestsAtTheSameTime() {
		RateLimitPolicy running = RateLimitPolicy.of("running", RateLimitAlgorithm.CONCURRENCY,
				List.of(Limit.of(3, Duration.ZERO)));
		this.fields.add(Standing.of(running, allowed("running", status(3, "0s", 2, "0s", "30s")), 1));
		assertThat(written()).containsExactly(
				Map.entry("RateLimit-Policy", "\"running\";q=3;qu=\"concurrent-requests\""),
				Map.entry("RateLimit", "\"running\";r=2"));
	}

	@Test
	void aPeriodThatIsNoNumberOfSecondsIsNotRounded() {
		RateLimitPolicy quick = RateLimitPolicy.of("quick", RateLimitAlgorithm.TOKEN_BUCKET,
				List.of(Limit.of(3, Duration.ofMillis(250)), Limit.of(5, Duration.ofMillis(1500))));
		this.fields.add(Standing.of(quick,
				allowed("quick", status(3, "0.25s", 2, "0s", "0.1s"), status(5, "1.5s", 4, "0s", "0.3s")), 1));
		assertThat(written()).containsEntry("RateLimit-Policy", "\"quick-250ms\";q=3, \"quick-1500ms\";q=5");
	}

	@Test
	void nothingIsSaidInShadowModeOrWhereNobodyKnows() {
		this.fields.add(Standing.of(SEARCH.withShadow(true), allowed("search", status(10, "1s", 0, "0s", "0.1s")), 1));
		this.fields.add(Standing.of(SEARCH, allowed("search"), 1));
		assertThat(written()).isEmpty();
	}

	@Test
	void aCostThatCanNeverFitHasNoTimeToTryAgain() {
		RateLimitPolicy policy = RateLimitPolicy.of("both", RateLimitAlgorithm.TOKEN_BUCKET,
				List.of(Limit.of(10, Duration.ofSeconds(1)), Limit.of(1000, Duration.ofHours(1))));
		Standing standing = Standing.of(policy,
				permit(new RateLimitDecision("both", false, 10, 0, RateLimitDecision.NEVER, Duration.ZERO)), 50);
		this.fields.add(standing);
		assertThat(written()).containsOnlyKeys("RateLimit-Policy");
		assertThat(standing.violated()).containsExactly("both-1s");
		assertThat(RateLimitProblem.exceeded(standing).retryAfter()).isNull();
	}

	@Test
	void ofTwoKeysOfOnePolicyTheStricterIsTold() {
		this.fields.add(Standing.of(SEARCH, allowed("search", status(10, "1s", 3, "0s", "0.7s")), 1));
		this.fields.add(Standing.of(SEARCH, allowed("search", status(10, "1s", 8, "0s", "0.2s")), 1));
		assertThat(written()).containsEntry("RateLimit", "\"search\";r=3;t=1");
	}

	@Test
	void aNumberIsNeverTooLargeForAField() {
		RateLimitPolicy large = RateLimitPolicy.of("large", (1L << 52) - 1, Duration.ofDays(1));
		this.fields.add(Standing.of(large, allowed("large", status((1L << 52) - 1, "24h", 1L << 51, "0s", "1s")), 1));
		assertThat(written()).containsEntry("RateLimit-Policy", "\"large\";q=999999999999999;w=86400");
	}

	@Test
	void aRefusalThatWasThrownTellsWhatItKnows() {
		Standing one = Standing.of(SEARCH, new RateLimitDecision("search", false, 10, 0, millis(2100), millis(5000)));
		assertThat(one.violated()).containsExactly("search");
		this.fields.add(one);
		assertThat(written()).containsEntry("RateLimit", "\"search\";r=0;t=3");
		Standing several = Standing.of(BOTH, new RateLimitDecision("both", false, 1000, 0, millis(2100), millis(5000)));
		assertThat(several.violated()).containsExactly("both-1h");
		Standing madeUp = Standing.of(null, new RateLimitDecision("a \"b\"", false, 1, 0, millis(1), millis(1)));
		assertThat(new String(RateLimitProblem.exceeded(madeUp).body(), StandardCharsets.UTF_8))
			.contains("\"violated-policies\":[\"a \\\"b\\\"\"]");
	}

	@Test
	void exceptionsAreFoundWhereFuturesHaveWrappedThem() {
		RateLimitExceededException refused = new RateLimitExceededException(
				new RateLimitDecision("search", false, 10, 0, millis(2100), millis(5000)));
		RateLimitProblem problem = problem(new CompletionException(new CompletionException(refused)));
		assertThat(problem).isNotNull();
		assertThat(new String(problem.body(), StandardCharsets.UTF_8)).isEqualTo(
				"""
						{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded",\
						"title":"Request cannot be satisfied as assigned quota has been exceeded","status":429,\
						"detail":"The rate limit 'search' is exceeded. Try again in 3 seconds.","violated-policies":["search"]}""");
		assertThat(problem.retryAfter()).isEqualTo(3);
		RateLimitProblem outage = problem(
				new CompletionException(new RateLimitUnavailableException("search", new IllegalStateException())));
		assertThat(outage).isNotNull();
		assertThat(outage.status()).isEqualTo(503);
		assertThat(new String(outage.body(), StandardCharsets.UTF_8)).contains("#temporary-reduced-capacity",
				"\"status\":503");
		assertThat(problem(new IllegalStateException(refused))).isNull();
	}

	private static @Nullable RateLimitProblem problem(Throwable failure) {
		return RateLimitProblem.of(failure, (decision) -> Standing.of(SEARCH, decision));
	}

	private Map<String, String> written() {
		Map<String, String> headers = new LinkedHashMap<>();
		this.fields.write(headers::put);
		return headers;
	}

	private static Duration millis(long millis) {
		return Duration.ofMillis(millis);
	}

	private static RateLimitStatus status(long limit, String period, long remaining, String retryAfter,
			String resetAfter) {
		return new RateLimitStatus(limit, Duration.parse("PT" + period), remaining, Duration.parse("PT" + retryAfter),
				Duration.parse("PT" + resetAfter));
	}

	private static RateLimitPermit allowed(String policy, RateLimitStatus... limits) {
		return permit(new RateLimitDecision(policy, true, 1, 1, Duration.ZERO, Duration.ZERO), limits);
	}

	private static RateLimitPermit refused(String policy, RateLimitStatus... limits) {
		return permit(new RateLimitDecision(policy, false, limits[0].limit(), 0, limits[0].retryAfter(),
				limits[0].resetAfter()), limits);
	}

	private static RateLimitPermit permit(RateLimitDecision decision, RateLimitStatus... limits) {
		return new RateLimitPermit() {

			@Override
			public RateLimitDecision decision() {
				return decision;
			}

			@Override
			public List<RateLimitStatus> limits() {
				return List.of(limits);
			}

			@Override
			public void release() {
			}

			@Override
			public CompletionStage<Boolean> refund() {
				return CompletableFuture.completedStage(false);
			}

		};
	}

}
