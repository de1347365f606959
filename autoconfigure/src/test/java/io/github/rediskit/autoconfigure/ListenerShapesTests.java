package io.github.rediskit.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import io.github.rediskit.autoconfigure.listening.FromAnotherPackage;
import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.messaging.MessageListeners;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisQueues;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import kotlin.Metadata;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The shapes in which methods that listen come: each listens, or stops the start with a
 * sentence.
 */
@RedisTest
@Timeout(60)
class ListenerShapesTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner plain = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
				MessagingAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri());

	/** Beans with locks have proxies. */
	private final ApplicationContextRunner runner = this.plain
		.withConfiguration(AutoConfigurations.of(LockAutoConfiguration.class));

	private void refused(Class<?> bean, String... sentence) {
		this.runner.withBean(bean)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.message()
				.contains("Listener on ")
				.contains(sentence));
	}

	private static void hears(ApplicationContextRunner runner, Class<? extends Hearing> bean, String... properties) {
		runner.withBean(bean).withPropertyValues(properties).run((context) -> {
			context.getBean(RedisStreams.class).add("orders", new Order(7));
			Heard heard = context.getBean(Hearing.class).heard();
			await().untilAsserted(() -> assertThat(heard.what).containsExactly(new Order(7)));
			assertThat(context.getBean(MessageListeners.class).ids()).hasSize(1);
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { Collections.class, Sets.class, Iterables.class, Arrays.class, Streams.class })
	void onlyAListIsABatch(Class<?> bean) {
		refused(bean, "only a List means several messages", "If each message is an array");
	}

	@Test
	void messagesThatAreArraysComeInLists() {
		this.runner.withBean(ListsOfArrays.class).run((context) -> {
			context.getBean(RedisStreams.class).add("orders", new int[] { 1, 2 });
			context.getBean(RedisStreams.class).add("orders", List.of(3));
			await().untilAsserted(
					() -> assertThat(context.getBean(ListsOfArrays.class).heard).containsExactly("[1, 2]", "[3]"));
		});
	}

	@Test
	void aByteArrayIsAMessage() {
		this.runner.withBean(Bytes.class).run((context) -> {
			context.getBean(RedisQueues.class).queue("bytes", byte[].class).send(new byte[] { 1, 2 });
			await().untilAsserted(() -> assertThat(context.getBean(Bytes.class).heard).containsExactly("[1, 2]"));
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { OfAGenericSuperclass.class, OfAGenericInterface.class, PackagePrivateOfASuperclass.class })
	void aMethodListensWhereverItIsDeclared(Class<? extends Hearing> bean) {
		hears(this.plain, bean);
	}

	@ParameterizedTest
	@ValueSource(classes = { OfAnInterface.class, OfAGenericSuperclass.class, OfAGenericInterface.class,
			OfADefaultMethod.class, PackagePrivate.class, PackagePrivateOfASuperclass.class })
	void aMethodListensBehindAProxyOfItsClass(Class<? extends Hearing> bean) {
		hears(this.runner, bean);
	}

	@Test
	void aMethodOfAnInterfaceListensBehindAProxyOfTheInterface() {
		hears(this.runner, OfAnInterface.class, "spring.aop.proxy-target-class=false");
	}

	@Test
	void aMethodThatAProxyOfTheInterfaceDoesNotHaveStopsTheStart() {
		this.runner.withBean(NotOfTheInterface.class)
			.withPropertyValues("spring.aop.proxy-target-class=false")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("NotOfTheInterface.on(Order)")
				.hasMessageContaining("Declare it in the interface, or proxy the class"));
	}

	@Test
	void aMethodThatAProxyOfTheClassCanNotOverrideStopsTheStart() {
		refused(ProxiedInAnotherPackage.class, "FromAnotherPackage.on(Integer)", "another package",
				"Declare it public or protected");
	}

	@Test
	void aSuspendingFunctionStopsTheStart() {
		refused(Suspending.class, "a suspending function", "Return a Mono");
	}

	@Test
	void theNearestAnnotationCounts() {
		this.runner.withBean(Overriding.class).run((context) -> {
			assertThat(context.getBean(MessageListeners.class).ids()).containsExactly("orders.nearest");
			context.getBean(RedisStreams.class).add("orders", new Order(7));
			await().untilAsserted(
					() -> assertThat(context.getBean(Hearing.class).heard().what).containsExactly(new Order(7)));
		});
	}

	@Test
	void twoBeansOfOneSuperclassNeedIdsAndTheSentenceNamesBoth() {
		this.runner.withBean(OfAGenericSuperclass.class)
			.withBean(AnotherOfTheSuperclass.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("the id \"orders.billing\" is that of the listener")
				.hasMessageContaining("OfAGenericSuperclass.on"));
	}

	@Test
	void twoListenersThatWouldBeOneConsumerStopTheStart() {
		refused(OneConsumerTwice.class, "the consumer \"me\"", "OneConsumerTwice.", "another consumer");
	}

	@ParameterizedTest
	@ValueSource(classes = { Prototypes.class, ScopedProxies.class })
	void aBeanThatIsNoSingletonStopsTheStart(Class<?> configuration) {
		this.runner.withUserConfiguration(configuration)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("@RedisStreamListener on ")
				.hasMessageContaining("its bean 'shop' has the scope 'prototype'")
				.hasMessageContaining("singleton"));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void aLazyBeanListensFromWhenItIsMadeAndTheLogSaysSo(CapturedOutput output) {
		this.runner.withUserConfiguration(Lazies.class).run((context) -> {
			assertThat(output).contains("The bean 'shop' listens from when somebody makes it: it is lazy");
			context.getBean(RedisStreams.class).add("orders", new Order(7));
			assertThat(context.getBean(MessageListeners.class).ids()).isEmpty();
			Heard heard = context.getBean(PackagePrivate.class).heard();
			await().untilAsserted(() -> assertThat(heard.what).containsExactly(new Order(7)));
		});
	}

	record Order(int number) {
	}

	static class Heard {

		final Queue<Object> what = new ConcurrentLinkedQueue<>();

	}

	interface Hearing {

		Heard heard();

		/** Makes a proxy of the bean. */
		@DistributedLock("nightly")
		default void locked() {
		}

	}

	abstract static class Hears implements Hearing {

		private final Heard heard = new Heard();

		@Override
		public Heard heard() {
			return this.heard;
		}

	}

	interface Listening {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(Order order);

	}

	static class OfAnInterface extends Hears implements Listening {

		@Override
		public void on(Order order) {
			heard().what.add(order);
		}

	}

	abstract static class Base<T> extends Hears {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(T message) {
			heard().what.add(message);
		}

	}

	static class OfAGenericSuperclass extends Base<Order> {

	}

	static class AnotherOfTheSuperclass extends Base<Order> {

	}

	interface Handles<T> {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(T message);

	}

	static class OfAGenericInterface extends Hears implements Handles<Order> {

		@Override
		public void on(Order message) {
			heard().what.add(message);
		}

	}

	interface ByDefault extends Hearing {

		@RedisStreamListener(stream = "orders", group = "billing")
		default void on(Order message) {
			heard().what.add(message);
		}

	}

	static class OfADefaultMethod extends Hears implements ByDefault {

	}

	static class PackagePrivate extends Hears {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(Order order) {
			heard().what.add(order);
		}

	}

	static class PackagePrivateOfASuperclass extends PackagePrivate {

	}

	static class NotOfTheInterface extends Hears {

		@RedisStreamListener(stream = "orders", group = "billing")
		public void on(Order order) {
			heard().what.add(order);
		}

	}

	static class ProxiedInAnotherPackage extends FromAnotherPackage {

		@DistributedLock("nightly")
		void locked() {
		}

	}

	static class Overriding extends Base<Order> {

		@Override
		@RedisStreamListener(stream = "orders", group = "nearest")
		void on(Order message) {
			super.on(message);
		}

	}

	static class OneConsumerTwice {

		@RedisStreamListener(id = "one", stream = "orders", group = "billing", consumer = "me")
		void one(Order order) {
		}

		@RedisStreamListener(id = "two", stream = "orders", group = "billing", consumer = "me")
		void two(Order order) {
		}

	}

	/** As Kotlin compiles it. */
	@Metadata
	static class Suspending {

		@RedisStreamListener(stream = "orders", group = "billing")
		Object on(Order order, Continuation<? super Unit> continuation) {
			return order;
		}

	}

	static class Collections {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(Collection<Order> orders) {
		}

	}

	static class Sets {

		@RedisQueueListener("orders")
		void on(Set<Order> orders, Map<String, String> fields) {
		}

	}

	static class Iterables {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(Iterable<? extends Order> orders) {
		}

	}

	static class Arrays {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(Order[] orders) {
		}

	}

	static class Streams {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(Stream<Order> orders) {
		}

	}

	static class ListsOfArrays {

		final Queue<String> heard = new ConcurrentLinkedQueue<>();

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(List<Collection<Integer>> arrays) {
			arrays.forEach((array) -> this.heard.add(array.toString()));
		}

	}

	static class Bytes {

		final Queue<String> heard = new ConcurrentLinkedQueue<>();

		@RedisQueueListener("bytes")
		void on(byte[] bytes) {
			this.heard.add(java.util.Arrays.toString(bytes));
		}

	}

	static class Prototypes {

		@Bean
		@Scope("prototype")
		PackagePrivate shop() {
			return new PackagePrivate();
		}

	}

	static class ScopedProxies {

		@Bean
		@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
		PackagePrivate shop() {
			return new PackagePrivate();
		}

	}

	static class Lazies {

		@Bean
		@Lazy
		PackagePrivate shop() {
			return new PackagePrivate();
		}

	}

}
