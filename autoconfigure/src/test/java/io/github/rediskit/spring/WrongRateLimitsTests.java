package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;

import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimited;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A {@code @RateLimited} that can't work is refused before the first call, with a
 * sentence.
 */
class WrongRateLimitsTests {

	private final RateLimitedMethods methods = new RateLimitedMethods((text) -> text.replace("${fallback}", "later"),
			new AnnotationSearch());

	@Test
	void rightOnesAreReadInTheirOrder() {
		RateLimitedMethod right = found("right");
		assertThat(right.rules()).extracting(RateLimitRule::policy).containsExactly("search", "login");
		assertThat(right.rules().get(1).definition()).isNotNull();
		assertThat(this.methods.find(method("none"), Service.class)).isEmpty();
		assertThat(this.methods.isNothingLimited()).isFalse();
	}

	@Test
	void ofSeveralFallbacksTheOneWithTheSameTypesIsTaken() {
		FallbackMethod fallback = found("overloaded").rules().get(0).fallback();
		assertThat(fallback).isNotNull();
		assertThat(fallback.method().getParameterTypes()).containsExactly(String.class);
	}

	@Test
	void aFallbackMayTakeMoreGeneralArgumentsAndComeFromASuperclass() {
		found("generalFallback");
		found("inheritedFallback");
	}

	@Test
	void anAnnotationMadeOfAnother() {
		assertThat(found("composed").rules().get(0).policy()).isEqualTo("search");
	}

	@Test
	void aFallbackThatDoesNotFit() {
		refused("missingFallback", "there is no method nowhere for the fallback", "String nowhere(String)");
		refused("otherArguments", "no method takesNumber takes what the fallback is given",
				"String takesNumber(String)");
		refused("otherReturn", "the fallback returnsNumber returns java.lang.Integer, which is no java.lang.String");
		refused("otherElement", "the fallback monoOfNumber returns", "which is no");
		refused("nothingReturned", "the fallback returnsNothing returns void");
		refused("primitive", "the fallback returnsBoxed returns java.lang.Integer, which is no int");
		refused("itself", "no method itself takes what the fallback is given");
		refused("ambiguous", "there is more than one method twice that fits");
	}

	@Test
	void aKeyThatCanNotBeEvaluated() {
		refused("typo", "the key '#usr' names #usr, which is no parameter: there are #user");
		refused("bare", "the key 'user' names user", "write #user");
		refused("broken", "is no SpEL expression");
		refused("nothing", "the key 'null' yields null");
		refused("result", "there is no #result yet");
	}

	@Test
	void aCostThatIsNoWholeNumber() {
		refused("costOfText", "the cost '#user' is a String: name a whole number");
		refused("constantText", "the cost ''many'' is no whole number");
		refused("fraction", "the cost '1.5' is no whole number");
	}

	@Test
	void aMethodThatCanNotBeInterceptedOrFollowed() {
		refused("secret", "private, static or final");
		refused("fixed", "private, static or final");
		refused("future", "a Future can't be followed to its end");
	}

	@Test
	void aDefinitionThatIsNone() {
		refused("limitAlone", "limit and period define a policy together");
		refused("periodAlone", "limit and period define a policy together");
		refused("negative", "limits[0].limit is -1");
		refused("noPeriod", "limits[0].period is 0");
		refused("periodOfCall", "the period '#period' depends on the call");
		refused("periodOfText", "the period ''soon'' yields no duration");
		refused("periodOfWords", "the period '5 minutes' is neither a duration, such as 5m");
		refused("empty", "the value is empty");
	}

	@Test
	void aWaitThatIsNone() {
		refused("negativeWait", "the maxWait '-1s' is negative");
		refused("waitOfResult", "there is no #result yet");
	}

	@Test
	void twoDefinitionsOfOnePolicy() {
		found("right");
		found("sameDefinition");
		refused("otherDefinition", "the policy 'login' has another limit or period on", "right",
				"write the same, or another name");
	}

	private RateLimitedMethod found(String name) {
		return this.methods.find(method(name), Service.class).orElseThrow();
	}

	private void refused(String name, String... words) {
		assertThatExceptionOfType(InvalidAnnotationException.class)
			.isThrownBy(() -> this.methods.find(method(name), Service.class))
			.withMessageContainingAll(words)
			.withMessageContaining("@RateLimited on " + Service.class.getName() + "." + name);
	}

	private static Method method(String name) {
		return List.of(Service.class.getDeclaredMethods())
			.stream()
			.filter((method) -> method.getName().equals(name))
			.findFirst()
			.orElseThrow();
	}

	@RateLimited("search")
	@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
	@interface Searching {

	}

	@SuppressWarnings("unused")
	static class Base {

		String inherited(String user, RuntimeException refusal) {
			return "";
		}

	}

	@SuppressWarnings("unused")
	static class Service extends Base {

		@RateLimited(value = "search", key = "#user", fallback = "${fallback}")
		@RateLimited(value = "login", limit = 5, period = "1m")
		String right(String user) {
			return "";
		}

		String none(String user) {
			return "";
		}

		String later(String user, RateLimitExceededException refusal) {
			return "";
		}

		@Searching
		String composed(String user) {
			return "";
		}

		@RateLimited(value = "search", fallback = "over")
		String overloaded(String user) {
			return "";
		}

		String over(Object user) {
			return "";
		}

		String over(String user) {
			return "";
		}

		@RateLimited(value = "search", fallback = "general")
		String generalFallback(String user) {
			return "";
		}

		String general(CharSequence user) {
			return "";
		}

		@RateLimited(value = "search", fallback = "inherited")
		String inheritedFallback(String user) {
			return "";
		}

		@RateLimited(value = "search", fallback = "nowhere")
		String missingFallback(String user) {
			return "";
		}

		@RateLimited(value = "search", fallback = "takesNumber")
		String otherArguments(String user) {
			return "";
		}

		String takesNumber(int user) {
			return "";
		}

		String takesNumber(String user, String more) {
			return "";
		}

		@RateLimited(value = "search", fallback = "returnsNumber")
		String otherReturn(String user) {
			return "";
		}

		Integer returnsNumber(String user) {
			return 1;
		}

		@RateLimited(value = "search", fallback = "monoOfNumber")
		Mono<String> otherElement(String user) {
			return Mono.empty();
		}

		Mono<Integer> monoOfNumber(String user) {
			return Mono.empty();
		}

		@RateLimited(value = "search", fallback = "returnsNothing")
		String nothingReturned(String user) {
			return "";
		}

		void returnsNothing(String user) {
		}

		@RateLimited(value = "search", fallback = "returnsBoxed")
		int primitive(String user) {
			return 1;
		}

		Integer returnsBoxed(String user) {
			return 1;
		}

		@RateLimited(value = "search", fallback = "itself")
		String itself(String user) {
			return "";
		}

		@RateLimited(value = "search", fallback = "twice")
		String ambiguous(String user) {
			return "";
		}

		String twice(String user) {
			return "";
		}

		String twice(String user, RateLimitExceededException refusal) {
			return "";
		}

		@RateLimited(value = "search", key = "#usr")
		String typo(String user) {
			return "";
		}

		@RateLimited(value = "search", key = "user")
		String bare(String user) {
			return "";
		}

		@RateLimited(value = "search", key = "#user +")
		String broken(String user) {
			return "";
		}

		@RateLimited(value = "search", key = "null")
		String nothing(String user) {
			return "";
		}

		@RateLimited(value = "search", key = "#result")
		String result(String user) {
			return "";
		}

		@RateLimited(value = "search", cost = "#user")
		String costOfText(String user) {
			return "";
		}

		@RateLimited(value = "search", cost = "'many'")
		String constantText(String user) {
			return "";
		}

		@RateLimited(value = "search", cost = "1.5")
		String fraction(String user) {
			return "";
		}

		@RateLimited("search")
		private String secret(String user) {
			return "";
		}

		@RateLimited("search")
		final String fixed(String user) {
			return "";
		}

		@RateLimited("search")
		@Nullable Future<String> future(String user) {
			return null;
		}

		@RateLimited(value = "own", limit = 5)
		String limitAlone(String user) {
			return "";
		}

		@RateLimited(value = "own", period = "1m")
		String periodAlone(String user) {
			return "";
		}

		@RateLimited(value = "own", limit = -1, period = "1m")
		String negative(String user) {
			return "";
		}

		@RateLimited(value = "own", limit = 5, period = "0s")
		String noPeriod(String user) {
			return "";
		}

		@RateLimited(value = "own", limit = 5, period = "#period")
		String periodOfCall(Duration period) {
			return "";
		}

		@RateLimited(value = "own", limit = 5, period = "5 minutes")
		String periodOfWords(String user) {
			return "";
		}

		@RateLimited(value = "own", limit = 5, period = "'soon'")
		String periodOfText(String user) {
			return "";
		}

		@RateLimited(" ")
		String empty(String user) {
			return "";
		}

		@RateLimited(value = "search", maxWait = "-1s")
		String negativeWait(String user) {
			return "";
		}

		@RateLimited(value = "search", maxWait = "#result")
		String waitOfResult(String user) {
			return "";
		}

		@RateLimited(value = "login", limit = 5, period = "60s")
		String sameDefinition(String user) {
			return "";
		}

		@RateLimited(value = "login", limit = 6, period = "1m")
		String otherDefinition(String user) {
			return "";
		}

	}

}
