package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Annotations that can't work are refused before the first call, with a sentence.
 */
class WrongAnnotationsTests {

	private final CachedMethods cached = new CachedMethods((text) -> text.replace("${ttl}", "5m"));

	private final CacheInvalidateMethods invalidating = new CacheInvalidateMethods((text) -> text);

	@Test
	void rightOnesAreFound() {
		assertThat(this.cached.find(method("right"), Service.class)).hasValueSatisfying((method) -> {
			assertThat(method.cache()).isEqualTo("products");
			assertThat(method.valueType()).isEqualTo(String.class);
		});
		assertThat(this.cached.find(method("none"), Service.class)).isEmpty();
	}

	@Test
	void aTypeVariableIsResolvedByTheBeansClass() {
		assertThat(this.cached.find(ReflectionUtils.findMethod(Generic.class, "find", long.class), Concrete.class))
			.hasValueSatisfying(
					(method) -> assertThat(method.valueType()).hasToString("java.util.List<java.lang.String>"));
	}

	@Test
	void aVoidMethod() {
		refused("nothing", "returns nothing can't be cached", "@CacheInvalidate");
	}

	@Test
	void anAsynchronousMethod() {
		refused("future", "CompletableFuture can't be cached by annotation", "getAsync");
		refused("mono", "Mono can't be cached by annotation", "getAsync");
	}

	@Test
	void anOpenTypeVariable() {
		refused("variable", "type variable", "declare the type");
	}

	@Test
	void aVariableThatIsNoParameter() {
		refused("typo", "the key '#idd' names #idd, which is no parameter: there are #id");
		refused("typoInside", "names #user", "there are #id, #name");
		refused("noParameters", "the method has none");
	}

	@Test
	void aResultThatDoesNotExistYet() {
		refused("resultInKey", "evaluated before the method runs: there is no #result yet");
		refused("resultInCondition", "there is no #result yet");
	}

	@Test
	void whatExpressionsDoNotSee() {
		refused("bean", "names a bean, which is not possible");
		refused("rootProperty", "names #root.methodName, which does not exist: there are #root.args");
	}

	@Test
	void aNameWithoutItsSign() {
		refused("bare", "the key 'id' names id", "write #id");
		assertThat(this.cached.find(method("chains"), Service.class)).isPresent();
	}

	@Test
	void anExpressionThatIsNone() {
		refused("broken", "the key '#id +' is no SpEL expression");
	}

	@Test
	void aTtlThatIsNone() {
		refused("noTtl", "the ttl '0s' is not positive");
		refused("forever", "the ttl 'forever' names forever, which is nothing by itself");
	}

	@Test
	void aMethodThatCanNotBeIntercepted() {
		refused("secret", "private, static or final");
		refused("fixed", "private, static or final");
	}

	@Test
	void contradictoryInvalidations() {
		refusedInvalidation("both", "all entries and the key '#id' exclude each other");
		refusedInvalidation("later", "returned before the change is done");
		refusedInvalidation("early", "no #result yet");
	}

	private void refused(String method, String... words) {
		assertThatExceptionOfType(InvalidAnnotationException.class)
			.isThrownBy(() -> this.cached.find(method(method), Service.class))
			.withMessageContainingAll(words)
			.withMessageContaining("@Cached on " + Service.class.getName() + "." + method);
	}

	private void refusedInvalidation(String method, String... words) {
		assertThatExceptionOfType(InvalidAnnotationException.class)
			.isThrownBy(() -> this.invalidating.find(method(method), Service.class))
			.withMessageContainingAll(words);
	}

	private static Method method(String name) {
		return List.of(Service.class.getDeclaredMethods())
			.stream()
			.filter((method) -> method.getName().equals(name))
			.findFirst()
			.orElseThrow();
	}

	@SuppressWarnings("unused")
	static class Service {

		@Cached(value = "products", key = "#id", ttl = "${ttl}")
		String right(long id) {
			return "";
		}

		String none(long id) {
			return "";
		}

		@Cached("products")
		void nothing(long id) {
		}

		@Cached("products")
		CompletableFuture<String> future(long id) {
			return CompletableFuture.completedFuture("");
		}

		@Cached("products")
		Mono<String> mono(long id) {
			return Mono.empty();
		}

		@Cached("products")
		<T> List<T> variable(long id) {
			return List.of();
		}

		@Cached(value = "products", key = "#idd")
		String typo(long id) {
			return "";
		}

		@Cached(value = "products", key = "{#id, #user.name}")
		String typoInside(long id, String name) {
			return "";
		}

		@Cached(value = "products", key = "#id")
		String noParameters() {
			return "";
		}

		@Cached(value = "products", key = "#result.id")
		String resultInKey(long id) {
			return "";
		}

		@Cached(value = "products", condition = "#result != null")
		String resultInCondition(long id) {
			return "";
		}

		@Cached(value = "products", key = "#id +")
		String broken(long id) {
			return "";
		}

		@Cached(value = "products", key = "@tenants.current()")
		String bean(long id) {
			return "";
		}

		@Cached(value = "products", key = "#root.methodName")
		String rootProperty(long id) {
			return "";
		}

		@Cached(value = "products", key = "id")
		String bare(long id) {
			return "";
		}

		@Cached(value = "products",
				key = "{#names.?[length() > 2].![toUpperCase()], #names[0].bytes.length, args[0], #root.method.name, 'text'}")
		String chains(List<String> names) {
			return "";
		}

		@Cached(value = "products", ttl = "0s")
		String noTtl(long id) {
			return "";
		}

		@Cached(value = "products", ttl = "forever")
		String forever(long id) {
			return "";
		}

		@Cached("products")
		private String secret(long id) {
			return "";
		}

		@Cached("products")
		final String fixed(long id) {
			return "";
		}

		@CacheInvalidate(value = "products", all = true, key = "#id")
		void both(long id) {
		}

		@CacheInvalidate(value = "products", key = "#id")
		CompletableFuture<Void> later(long id) {
			return CompletableFuture.completedFuture(null);
		}

		@CacheInvalidate(value = "products", key = "#result", beforeInvocation = true)
		String early(long id) {
			return "";
		}

	}

	abstract static class Generic<T> {

		@Cached("things")
		List<T> find(long id) {
			return List.of();
		}

	}

	static class Concrete extends Generic<String> {

	}

}
