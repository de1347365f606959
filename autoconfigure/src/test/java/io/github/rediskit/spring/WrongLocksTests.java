package io.github.rediskit.spring;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.lock.IfHeld;
import io.github.rediskit.lock.LockContext;
import io.github.rediskit.lock.LockNotAcquiredException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A {@code @DistributedLock} that can't work is refused before the first call, with a
 * sentence.
 */
class WrongLocksTests {

	private final LockedMethods methods = new LockedMethods((text) -> text.replace("${lock}", "order"),
			new AnnotationSearch());

	@Test
	void rightOnesAreRead() {
		LockedMethod right = found("right");
		assertThat(right.rule().name()).isEqualTo("order");
		assertThat(right.context()).isEqualTo(1);
		assertThat(right.fallback()).isNotNull();
		assertThat(found("composed").rule().name()).isEqualTo("order");
		assertThat(this.methods.find(method("none"), Service.class)).isEmpty();
		assertThat(this.methods.isNothingLocked()).isFalse();
	}

	@Test
	void whatASkippedCallReturnsFitsTheMethod() {
		assertThat(found("skipsObject").skipped().get()).isNull();
		assertThat(found("skipsOptional").skipped().get()).isEqualTo(Optional.empty());
		assertThat(found("skipsNothing").skipped().get()).isNull();
		assertThat(((Mono<?>) found("skipsMono").skipped().get()).blockOptional()).isEmpty();
	}

	@Test
	void aSkippedCallHasNoPrimitiveToReturn() {
		refused("skipsInt", "a call that is skipped returns nothing, which is no int", "declare Integer or void",
				"or write FAIL");
	}

	@Test
	void whatCanNotBeMeantTogether() {
		refused("skipsAndFallback", "ifHeld = SKIP and a fallback", "leave out the fallback");
		refused("failsAndWaits", "a maxWait is for ifHeld = WAIT, and it is FAIL");
		refused("twoContexts", "2 parameters of type LockContext");
	}

	@Test
	void aLeaseThatWouldBeLostToTheSafetyMargin() {
		refused("shortLease", "can't have a lease of PT0.05S. Give 100 ms");
	}

	@Test
	void anAtLeastAboveAnExplicitLease() {
		refused("longAtLeast", "atLeast of PT1M, which is more than its lease of PT10S");
	}

	@Test
	void aDurationThatIsNone() {
		refused("negativeWait", "the maxWait '-1s' is negative");
		refused("leaseOfResult", "there is no #result yet");
		refused("typo", "the key '#ordr' names #ordr, which is no parameter: there are #order");
	}

	@Test
	void aKeyThatCanNotBeEvaluated() {
		refused("bare", "the key 'order' names order", "write #order");
		refused("broken", "is no SpEL expression");
		refused("nothing", "the key 'null' yields null");
	}

	@Test
	void aNameThatIsNone() {
		refused("empty", "the value is empty: write the name of the lock");
		refused("blank", "my order");
	}

	@Test
	void aFallbackThatDoesNotFit() {
		refused("missingFallback", "there is no method nowhere for the fallback", "write String nowhere(String)",
				"LockNotAcquiredException");
		refused("otherReturn", "the fallback returnsNumber returns java.lang.Integer, which is no java.lang.String");
		refused("itself", "no method itself takes what the fallback is given");
	}

	@Test
	void aMethodThatCanNotBeInterceptedOrFollowed() {
		refused("secret", "private, static or final");
		refused("fixed", "private, static or final");
		refused("shared", "private, static or final");
		refused("future", "a Future can't be followed to its end");
	}

	@Test
	void oneThatIsRightHidesNoneThatIsWrong() {
		for (Class<?> type : List.of(RightAndSecret.class, RightAndFixed.class, BelowOneThatIsSecret.class)) {
			assertThatExceptionOfType(InvalidAnnotationException.class)
				.isThrownBy(() -> AopUtils.canApply(this.methods, type))
				.withMessageContaining("private, static or final");
		}
	}

	@Test
	void theMethodsOfAProxyMadeElsewhereMayBeFinal() {
		Object dynamic = Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Contract.class },
				(proxy, method, arguments) -> null);
		ProxyFactory factory = new ProxyFactory(new Contracted());
		factory.setProxyTargetClass(true);
		assertThat(AopUtils.canApply(this.methods, dynamic.getClass())).isTrue();
		assertThat(AopUtils.canApply(this.methods, factory.getProxy().getClass())).isTrue();
	}

	private LockedMethod found(String name) {
		return this.methods.find(method(name), Service.class).orElseThrow();
	}

	private void refused(String name, String... words) {
		assertThatExceptionOfType(InvalidAnnotationException.class)
			.isThrownBy(() -> this.methods.find(method(name), Service.class))
			.withMessageContainingAll(words)
			.withMessageContaining("@DistributedLock on " + Service.class.getName() + "." + name);
	}

	private static java.lang.reflect.Method method(String name) {
		return List.of(Service.class.getDeclaredMethods())
			.stream()
			.filter((method) -> method.getName().equals(name))
			.findFirst()
			.orElseThrow();
	}

	@DistributedLock("order")
	@Retention(RetentionPolicy.RUNTIME)
	@interface OneOrder {

	}

	@SuppressWarnings("unused")
	static class RightAndSecret {

		@DistributedLock("a")
		void a() {
		}

		@DistributedLock("b")
		private void b() {
		}

	}

	/** In whichever order they are named. */
	@SuppressWarnings("unused")
	static class RightAndFixed {

		@DistributedLock("a")
		final void a() {
		}

		@DistributedLock("b")
		void b() {
		}

		@DistributedLock("c")
		final void c() {
		}

	}

	@SuppressWarnings("unused")
	static class WithASecret {

		@DistributedLock("a")
		private void a() {
		}

	}

	interface Contract {

		@DistributedLock("a")
		void a();

	}

	static class Contracted implements Contract {

		@Override
		public void a() {
		}

	}

	static class BelowOneThatIsSecret extends WithASecret {

		@DistributedLock("b")
		void b() {
		}

	}

	@SuppressWarnings("unused")
	static class Service {

		@DistributedLock(value = "${lock}", key = "#order", maxWait = "2s", lease = "#lease", atLeast = "1s",
				fallback = "later")
		String right(String order, LockContext lock, Duration lease) {
			return "";
		}

		String later(String order, LockContext lock, Duration lease, LockNotAcquiredException refusal) {
			return "";
		}

		String none(String order) {
			return "";
		}

		@OneOrder
		void composed() {
		}

		@DistributedLock(value = "order", ifHeld = IfHeld.SKIP)
		String skipsObject() {
			return "";
		}

		@DistributedLock(value = "order", ifHeld = IfHeld.SKIP)
		Optional<String> skipsOptional() {
			return Optional.of("");
		}

		@DistributedLock(value = "order", ifHeld = IfHeld.SKIP)
		void skipsNothing() {
		}

		@DistributedLock(value = "order", ifHeld = IfHeld.SKIP)
		Mono<String> skipsMono() {
			return Mono.just("");
		}

		@DistributedLock(value = "order", ifHeld = IfHeld.SKIP)
		int skipsInt() {
			return 1;
		}

		@DistributedLock(value = "order", ifHeld = IfHeld.SKIP, fallback = "alsoNothing")
		void skipsAndFallback() {
		}

		void alsoNothing() {
		}

		@DistributedLock(value = "order", ifHeld = IfHeld.FAIL, maxWait = "1s")
		void failsAndWaits() {
		}

		@DistributedLock("order")
		void twoContexts(LockContext one, LockContext other) {
		}

		@DistributedLock(value = "order", lease = "50ms")
		void shortLease() {
		}

		@DistributedLock(value = "order", lease = "10s", atLeast = "1m")
		void longAtLeast() {
		}

		@DistributedLock(value = "order", maxWait = "-1s")
		void negativeWait() {
		}

		@DistributedLock(value = "order", lease = "#result")
		Duration leaseOfResult() {
			return Duration.ZERO;
		}

		@DistributedLock(value = "order", key = "#ordr")
		void typo(String order) {
		}

		@DistributedLock(value = "order", key = "order")
		void bare(String order) {
		}

		@DistributedLock(value = "order", key = "#order +")
		void broken(String order) {
		}

		@DistributedLock(value = "order", key = "null")
		void nothing(String order) {
		}

		@DistributedLock("")
		void empty() {
		}

		@DistributedLock("my order")
		void blank() {
		}

		@DistributedLock(value = "order", fallback = "nowhere")
		String missingFallback(String order) {
			return "";
		}

		@DistributedLock(value = "order", fallback = "returnsNumber")
		String otherReturn(String order) {
			return "";
		}

		Integer returnsNumber(String order) {
			return 1;
		}

		@DistributedLock(value = "order", fallback = "itself")
		String itself(String order) {
			return "";
		}

		@DistributedLock("order")
		private void secret() {
		}

		@DistributedLock("order")
		final void fixed() {
		}

		@DistributedLock("order")
		static void shared() {
		}

		@DistributedLock("order")
		Future<String> future() {
			throw new UnsupportedOperationException();
		}

	}

}
