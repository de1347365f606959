package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Annotations that can't work are refused before the first call, with a sentence.
 */
class WrongAnnotationsTests {

	private final CacheMethods methods = new CacheMethods((text) -> text.replace("${ttl}", "5m"),
			new AnnotationSearch());

	@Test
	void rightOnesAreFound() {
		CachedMethod right = cached(method("right"), Service.class);
		assertThat(right.cache()).isEqualTo("products");
		assertThat(right.valueType()).isEqualTo(String.class);
		assertThat(this.methods.find(method("none"), Service.class)).isEmpty();
	}

	@Test
	void aTypeVariableIsResolvedByTheBeansClass() {
		for (String name : List.of("find", "findLater", "findSome", "findFew")) {
			Method method = ReflectionUtils.findMethod(Generic.class, name, long.class);
			assertThat(cached(method, Concrete.class).valueType()).as(name)
				.hasToString("java.util.List<java.lang.String>");
		}
	}

	@Test
	void aVoidMethod() {
		for (String name : List.of("nothing", "nothingLater", "nothingOfMono", "rawMono")) {
			String words = name.equals("rawMono") ? "type variable" : "returns nothing can't be cached";
			refused(name, words);
		}
	}

	@Test
	void whatCanNotBeFollowedToItsEnd() {
		refused("future", "a Future can't be followed to its end: return a CompletableFuture, a Mono, a Flux or the");
		refused("ownFuture", "a OwnFuture can't be followed to its end");
		refused("processor",
				"a ConnectableFlux can't be put in the place of the method's own: declare that a Flux is returned");
		refusedInvalidation("later", "a Future can't be followed to its end");
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
		assertThat(this.methods.find(method("chains"), Service.class)).isPresent();
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
		refusedInvalidation("both", "key and all exclude each other");
		refusedInvalidation("early", "no #result yet");
	}

	private CachedMethod cached(Method method, Class<?> targetClass) {
		return Objects.requireNonNull(this.methods.find(method, targetClass).orElseThrow().cached());
	}

	private void refused(String method, String... words) {
		assertThatExceptionOfType(InvalidAnnotationException.class)
			.isThrownBy(() -> this.methods.find(method(method), Service.class))
			.withMessageContainingAll(words)
			.withMessageContaining("@Cached on " + Service.class.getName() + "." + method);
	}

	private void refusedInvalidation(String method, String... words) {
		assertThatExceptionOfType(InvalidAnnotationException.class)
			.isThrownBy(() -> this.methods.find(method(method), Service.class))
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
		CompletableFuture<Void> nothingLater(long id) {
			return CompletableFuture.completedFuture(null);
		}

		@Cached("products")
		Mono<Void> nothingOfMono(long id) {
			return Mono.empty();
		}

		@Cached("products")
		@SuppressWarnings("rawtypes")
		Mono rawMono(long id) {
			return Mono.empty();
		}

		@Cached("products")
		Future<String> future(long id) {
			return CompletableFuture.completedFuture("");
		}

		@Cached("products")
		OwnFuture ownFuture(long id) {
			return new OwnFuture();
		}

		@Cached("products")
		ConnectableFlux<String> processor(long id) {
			return Flux.just("").publish();
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
		Future<Void> later(long id) {
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

		@Cached("things")
		CompletableFuture<List<T>> findLater(long id) {
			return CompletableFuture.completedFuture(List.of());
		}

		@Cached("things")
		Flux<T> findSome(long id) {
			return Flux.empty();
		}

		@Cached("things")
		Mono<Optional<List<T>>> findFew(long id) {
			return Mono.empty();
		}

	}

	static class OwnFuture extends CompletableFuture<String> {

	}

	static class Concrete extends Generic<String> {

	}

}
