package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.CacheUpdate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tags, several keys and write-through by annotation.
 */
@RedisTest
@Timeout(60)
class CacheAnnotationsTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unconnected = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	private final ApplicationContextRunner empty = this.unconnected
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	private final ApplicationContextRunner runner = this.empty.withBean(Shop.class);

	@Test
	void aTagReachesTheEntriesThatHaveItAndNoOthers() {
		with((shop) -> {
			shop.tagged(1, "toys");
			shop.tagged(2, "toys");
			shop.tagged(3, "books");
			shop.dropCategory("toys");
			assertThat(keysOf(shop, () -> shop.tagged(1, "toys"))).isEqualTo(1);
			assertThat(keysOf(shop, () -> shop.tagged(2, "toys"))).isEqualTo(1);
			assertThat(keysOf(shop, () -> shop.tagged(3, "books"))).isZero();
		});
	}

	@Test
	void theFirstEntryWithATagIsStored() {
		with((shop) -> {
			shop.tagged(1, "toys");
			assertThat(keysOf(shop, () -> shop.tagged(1, "toys"))).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "text", "RED", "7", "true", "c", "00000000-0000-0001-0000-000000000002", "one", "two" })
	void anythingThatHasATextCanBeATag(String tag) {
		with((shop) -> {
			shop.manyTags(1, Color.RED, null, List.of("one", "two"));
			assertThat(keysOf(shop, () -> shop.manyTags(1, Color.RED, null, List.of("one", "two")))).isZero();
			shop.dropTag(tag);
			assertThat(keysOf(shop, () -> shop.manyTags(1, Color.RED, null, List.of("one", "two")))).isEqualTo(1);
		});
	}

	@Test
	void nullIsNoTagAloneOrAmongOthers() {
		with((shop) -> {
			shop.manyTags(1, null, null, Arrays.asList("one", null));
			assertThat(keysOf(shop, () -> shop.manyTags(1, null, null, Arrays.asList("one", null)))).isZero();
			shop.dropTag("null");
			shop.dropTag(null);
			assertThat(keysOf(shop, () -> shop.manyTags(1, null, null, Arrays.asList("one", null)))).isZero();
			shop.arrayOfTags(1, "one", null);
			assertThat(keysOf(shop, () -> shop.arrayOfTags(1, "one", null))).isZero();
		});
	}

	@Test
	void whatIsNoTagKeepsTheValueOutOfTheCacheAndNotFromItsCaller() {
		with((shop) -> {
			assertThat(shop.badTag(1)).isEqualTo(new Product(1, "bad"));
			assertThat(keysOf(shop, () -> shop.badTag(1))).isEqualTo(1);
			assertThatIllegalStateException().isThrownBy(() -> shop.dropBadTag())
				.withMessageContaining("must be a text, a number, an enum, a UUID, or a collection");
		});
	}

	@Test
	void tagsOfOneCacheDoNotReachAnother() {
		with((shop) -> {
			shop.tagged(1, "toys");
			shop.taggedElsewhere(1, "toys");
			shop.dropCategory("toys");
			assertThat(keysOf(shop, () -> shop.taggedElsewhere(1, "toys"))).isZero();
		});
	}

	@Test
	void tagsOfAnInvalidationMaySeeTheResult() {
		with((shop) -> {
			shop.tagged(1, "toys");
			shop.tagged(2, "books");
			shop.dropWhatIsReturned("books");
			assertThat(keysOf(shop, () -> shop.tagged(1, "toys"))).isZero();
			assertThat(keysOf(shop, () -> shop.tagged(2, "books"))).isEqualTo(1);
		});
	}

	@Test
	void tagsAreInvalidatedBeforeTheMethodIfItSaysSo() {
		with((shop) -> {
			shop.tagged(1, "toys");
			assertThatIllegalArgumentException().isThrownBy(() -> shop.failAfterDropping("toys"));
			assertThat(keysOf(shop, () -> shop.tagged(1, "toys"))).isEqualTo(1);
			assertThatIllegalArgumentException().isThrownBy(() -> shop.failBeforeDropping("toys"));
			assertThat(keysOf(shop, () -> shop.tagged(1, "toys"))).isZero();
		});
	}

	@Test
	void severalTagsAreInvalidatedByOneMethod() {
		with((shop) -> {
			shop.tagged(1, "toys");
			shop.tagged(2, "books");
			shop.tagged(3, "garden");
			shop.dropCategories("toys", List.of("books"));
			assertThat(keysOf(shop, () -> shop.tagged(1, "toys"))).isEqualTo(1);
			assertThat(keysOf(shop, () -> shop.tagged(2, "books"))).isEqualTo(1);
			assertThat(keysOf(shop, () -> shop.tagged(3, "garden"))).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "map", "list", "set", "future", "futureList", "mono", "flux" })
	void onlyWhatIsMissingIsAskedForAndTheOrderIsTheCallers(String method) {
		with((shop) -> {
			shop.product(3);
			assertThat(several(shop, method, List.of(5L, 3L, 1L))).containsExactly(new Product(5, method),
					new Product(3, "one"), new Product(1, method));
			assertThat(shop.asked()).containsExactly(List.of(3L), List.of(5L, 1L));
			assertThat(several(shop, method, List.of(1L, 5L, 3L))).containsExactly(new Product(1, method),
					new Product(5, method), new Product(3, "one"));
			assertThat(shop.product(5)).isEqualTo(new Product(5, method));
			assertThat(shop.asked()).hasSize(2);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "map", "list", "set", "future", "futureList", "mono", "flux" })
	void absentKeysAreRememberedForTheMethodOfOneKeyToo(String method) {
		with((shop) -> {
			assertThat(several(shop, method, List.of(1L, -2L))).containsExactly(new Product(1, method));
			assertThat(several(shop, method, List.of(-2L, 1L))).containsExactly(new Product(1, method));
			assertThat(shop.product(-2)).isNull();
			assertThat(shop.asked()).containsExactly(List.of(1L, -2L));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "map", "list", "set", "future", "futureList", "mono", "flux" })
	void doubledKeysAreAskedForOnce(String method) {
		with((shop) -> {
			assertThat(several(shop, method, List.of(2L, 1L, 2L))).containsExactly(new Product(2, method),
					new Product(1, method));
			assertThat(shop.asked()).containsExactly(List.of(2L, 1L));
		});
	}

	@Test
	void noKeysAreNoCallAndNoArgumentIsTheMethodsOwnAffair() {
		with((shop) -> {
			assertThat(shop.map(List.of())).isEmpty();
			assertThat(shop.asked()).isEmpty();
			assertThat(shop.map(null)).containsOnlyKeys(0L);
			assertThat(shop.map(null)).containsOnlyKeys(0L);
			assertThat(shop.asked()).hasSize(2);
			assertThat(shop.product(0)).isEqualTo(new Product(0, "one"));
		});
	}

	@Test
	void nullCanBeAKeyAsItCanForAMethodOfOne() {
		with((shop) -> {
			assertThat(shop.names(Arrays.asList(1L, null))).containsOnlyKeys(1L, null);
			assertThat(shop.names(Arrays.asList(null, 1L))).containsOnlyKeys(1L, null);
			assertThat(shop.asked()).hasSize(1);
		});
	}

	@Test
	void aSetOfKeysStaysASet() {
		with((shop) -> {
			shop.product(2);
			Set<Long> ids = new LinkedHashSet<>(List.of(3L, 2L, 1L));
			assertThat(shop.ofSet(ids).keySet()).containsExactly(3L, 2L, 1L);
			assertThat(shop.asked()).containsExactly(List.of(2L), List.of(3L, 1L));
		});
	}

	@Test
	void otherArgumentsAreHandedOn() {
		with((shop) -> {
			assertThat(shop.withTenant("acme", List.of(1L), true)).containsEntry(1L, new Product(1, "acme true"));
			assertThat(shop.product(1)).isEqualTo(new Product(1, "acme true"));
		});
	}

	@Test
	void whatWasNotAskedForIsNotKept() {
		with((shop) -> {
			assertThat(shop.generous(List.of(1L))).containsOnlyKeys(1L);
			shop.product(2);
			assertThat(shop.asked()).containsExactly(List.of(1L), List.of(2L));
		});
	}

	@Test
	void ttlAndUnlessAndTagsAreThoseOfEachValue() {
		with((shop) -> {
			shop.particular(List.of(1L, 2L, 3L));
			assertThat(this.server.commands().pttl("shop:cache:products:{1}")).isBetween(1L, 60_000L);
			assertThat(this.server.commands().pttl("shop:cache:products:{2}")).isGreaterThan(60_000);
			assertThat(this.server.commands().exists("shop:cache:products:{3}")).isZero();
			assertThat(keysOf(shop, () -> shop.particular(List.of(1L, 2L)))).isZero();
			shop.dropNumber(2);
			shop.particular(List.of(1L, 2L));
			assertThat(shop.asked()).last().isEqualTo(List.of(2L));
		});
	}

	@Test
	void aConditionIsThatOfTheCall() {
		with((shop) -> {
			shop.conditional(List.of(1L), false);
			shop.conditional(List.of(1L), false);
			assertThat(shop.asked()).hasSize(2);
			shop.conditional(List.of(1L), true);
			shop.conditional(List.of(1L), true);
			assertThat(shop.asked()).hasSize(3);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "map", "future", "mono" })
	void anExceptionIsTheCallersAndNothingIsKept(String method) {
		with((shop) -> {
			shop.failWith(new IllegalArgumentException("no database"));
			assertThatIllegalArgumentException().isThrownBy(() -> unwrapped(() -> several(shop, method, List.of(1L))))
				.withMessage("no database");
			shop.failWith(null);
			assertThat(several(shop, method, List.of(1L))).containsExactly(new Product(1, method));
		});
	}

	private static void unwrapped(Runnable call) throws Throwable {
		try {
			call.run();
		}
		catch (CompletionException ex) {
			throw ex.getCause();
		}
	}

	@Test
	void severalKeysAreInvalidatedByCollectionAndArray() {
		with((shop) -> {
			shop.map(List.of(1L, 2L, 3L));
			shop.dropAll(List.of(1L, 3L));
			assertThat(this.server.commands().exists(entry(1), entry(2), entry(3))).isOne();
			shop.map(List.of(1L, 2L, 3L));
			shop.dropArray(new long[] { 2, 3 });
			assertThat(this.server.commands().exists(entry(1), entry(2), entry(3))).isOne();
			shop.dropAll(List.of());
			assertThat(this.server.commands().exists(entry(1))).isOne();
			assertThatIllegalStateException().isThrownBy(() -> shop.dropAll(null))
				.withMessageContaining("yield null: it must be a collection or an array");
		});
	}

	@Test
	void keysOfAnInvalidationMaySeeTheResult() {
		with((shop) -> {
			shop.map(List.of(1L, 2L, 3L));
			shop.dropReturned(2);
			assertThat(this.server.commands().exists(entry(1), entry(2), entry(3))).isEqualTo(2);
			assertThat(this.server.commands().exists(entry(2))).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "value", "optional", "future", "futureOfOptional", "mono" })
	void whatIsReturnedIsInTheCache(String method) {
		with((shop) -> {
			shop.product(1);
			save(shop, method, new Product(1, "new"));
			assertThat(shop.product(1)).isEqualTo(new Product(1, "new"));
			assertThat(shop.asked()).containsExactly(List.of(1L));
			assertThat(this.server.commands().exists("shop:cache-lease:products:{1}")).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "value", "optional", "future", "futureOfOptional", "mono" })
	void thatThereIsNothingIsKnownToo(String method) {
		with((shop) -> {
			shop.product(1);
			save(shop, method, new Product(1, null));
			assertThat(shop.product(1)).isNull();
			assertThat(shop.asked()).containsExactly(List.of(1L));
		});
	}

	@Test
	void thatThereIsNothingRemovesTheEntryWhereNullsAreNotCached() {
		with(this.runner.withPropertyValues("rediskit.cache.defaults.null-ttl=0"), (shop) -> {
			shop.product(1);
			shop.save(new Product(1, null));
			assertThat(this.server.commands().exists(entry(1))).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "value", "optional", "future", "futureOfOptional", "mono" })
	void aMethodThatFailsChangesNothing(String method) {
		with((shop) -> {
			shop.product(1);
			shop.failWith(new IllegalArgumentException("no"));
			assertThatIllegalArgumentException()
				.isThrownBy(() -> unwrapped(() -> save(shop, method, new Product(1, "new"))))
				.withMessage("no");
			shop.failWith(null);
			assertThat(shop.product(1)).isEqualTo(new Product(1, "one"));
			assertThat(shop.asked()).containsExactly(List.of(1L));
			await().until(() -> this.server.commands().exists("shop:cache-lease:products:{1}") == 0);
		});
	}

	@Test
	void unlessRemovesTheOldEntryAndAConditionLeavesIt() {
		with((shop) -> {
			shop.product(1);
			shop.saveFinished(new Product(1, "draft"), true);
			assertThat(shop.product(1)).isEqualTo(new Product(1, "one"));
			assertThat(shop.asked()).hasSize(2);
			shop.saveFinished(new Product(1, "new"), false);
			assertThat(shop.product(1)).isEqualTo(new Product(1, "one"));
			assertThat(shop.asked()).hasSize(2);
			shop.saveFinished(new Product(1, "new"), true);
			assertThat(shop.product(1)).isEqualTo(new Product(1, "new"));
			assertThat(shop.asked()).hasSize(2);
		});
	}

	@Test
	void ttlAndTagsAreThoseOfTheValue() {
		with((shop) -> {
			shop.saveTagged(new Product(1, "short"));
			assertThat(this.server.commands().pttl(entry(1))).isBetween(1L, 60_000L);
			assertThat(keysOf(shop, () -> shop.product(1))).isZero();
			shop.dropNumber(1);
			assertThat(keysOf(shop, () -> shop.product(1))).isEqualTo(1);
		});
	}

	@Test
	void withoutAKeyAllArgumentsAreTheKey() {
		with((shop) -> {
			shop.rename(1, "new");
			assertThat(this.server.commands().exists("shop:cache:products:{(1,new)}")).isOne();
		});
	}

	@Test
	void aKeyThatOnlyTheResultTellsIsRemoved() {
		with((shop) -> {
			shop.product(7);
			assertThat(shop.create("new")).isEqualTo(new Product(7, "new"));
			assertThat(this.server.commands().exists(entry(7))).isZero();
			shop.product(7);
			assertThat(shop.createLater("new").join()).contains(new Product(7, "new"));
			assertThat(this.server.commands().exists(entry(7))).isZero();
		});
	}

	@Test
	void anotherCacheIsInvalidatedByTheSameMethod() {
		with((shop) -> {
			shop.taggedElsewhere(1, "toys");
			shop.saveAndDropOther(new Product(1, "new"));
			assertThat(keysOf(shop, () -> shop.product(1))).isZero();
			assertThat(shop.product(1)).isEqualTo(new Product(1, "new"));
			assertThat(keysOf(shop, () -> shop.taggedElsewhere(1, "toys"))).isEqualTo(1);
		});
	}

	@Test
	void ofTwoChangesAtOnceTheLastToBeginIsNotReplacedByTheFirst() {
		this.runner.run((one) -> this.runner.run((two) -> {
			Shop first = one.getBean(Shop.class);
			Shop second = two.getBean(Shop.class);
			first.during(() -> second.save(new Product(1, "second")));
			first.save(new Product(1, "first"));
			assertThat(this.server.commands().exists(entry(1))).isZero();
			first.during(null);
			first.save(new Product(1, "third"));
			assertThat(second.product(1)).isEqualTo(new Product(1, "third"));
		}));
	}

	@Test
	void aLoadThatBeganBeforeTheChangeIsNotStored() {
		this.runner.run((one) -> this.runner.run((two) -> {
			Shop reader = one.getBean(Shop.class);
			Shop writer = two.getBean(Shop.class);
			reader.during(() -> writer.save(new Product(1, "new")));
			reader.product(1);
			reader.during(null);
			assertThat(reader.product(1)).isEqualTo(new Product(1, "new"));
		}));
	}

	@Test
	void nobodyWaitsForAChangeThatIsUnderWay() {
		this.runner.run((one) -> this.runner.run((two) -> {
			Shop writer = one.getBean(Shop.class);
			Shop reader = two.getBean(Shop.class);
			writer.during(() -> assertThat(reader.product(1)).isEqualTo(new Product(1, "one")));
			writer.save(new Product(1, "new"));
			// somebody has loaded meanwhile: nobody knows which is newer
			assertThat(this.server.commands().exists(entry(1))).isZero();
		}));
	}

	@Test
	void aChangeWhoseSubscriberCancelsHoldsNobodyUp() {
		with((shop) -> {
			Disposable subscription = shop.saveNever(new Product(1, "new")).subscribe();
			await().until(() -> this.server.commands().exists("shop:cache-lease:products:{1}") == 1);
			subscription.dispose();
			assertThat(shop.product(1)).isEqualTo(new Product(1, "one"));
			assertThat(keysOf(shop, () -> shop.product(1))).isZero();
		});
	}

	@Test
	void withinATransactionAnUpdateBecomesAnInvalidationAtItsEnd() {
		withTransactions((shop, transactions) -> {
			shop.product(1);
			transactions.executeWithoutResult((status) -> {
				shop.save(new Product(1, "new"));
				assertThat(this.server.commands().exists(entry(1))).isOne();
			});
			assertThat(this.server.commands().exists(entry(1))).isZero();
			shop.product(1);
			transactions.executeWithoutResult((status) -> {
				shop.save(new Product(1, "new"));
				status.setRollbackOnly();
			});
			assertThat(keysOf(shop, () -> shop.product(1))).isZero();
			assertThat(shop.product(1)).isEqualTo(new Product(1, "one"));
		});
	}

	@Test
	void aMethodWithATransactionOfItsOwnIsStoredAfterTheCommit() {
		withTransactions((shop, transactions) -> {
			shop.product(1);
			AtomicReference<Boolean> replaced = new AtomicReference<>();
			shop.during(() -> replaced.set(!isOld(entry(1))));
			shop.saveTransactional(new Product(1, "new"));
			shop.during(null);
			assertThat(replaced).hasValue(false);
			assertThat(keysOf(shop, () -> shop.product(1))).isZero();
			assertThat(shop.product(1)).isEqualTo(new Product(1, "new"));
		});
	}

	private boolean isOld(String key) {
		return this.server.commands().get(key).contains("\"one\"");
	}

	@Test
	void whenRedisIsBackTheOldEntryIsGone() {
		try (RedisTestServer own = RedisTestServer.start()) {
			ApplicationContextRunner shops = this.unconnected.withBean(Shop.class)
				.withPropertyValues("spring.data.redis.url=" + own.uri());
			shops.run((one) -> shops.run((two) -> {
				Shop writer = one.getBean(Shop.class);
				Shop reader = two.getBean(Shop.class);
				writer.product(1);
				own.freeze();
				writer.save(new Product(1, "new"));
				assertThat(writer.asked()).hasSize(1);
				own.thaw();
				await().atMost(Duration.ofSeconds(10)).until(() -> own.commands().exists(entry(1)) == 0);
				assertThat(keysOf(reader, () -> reader.product(1))).isEqualTo(1);
			}));
		}
	}

	@Test
	void wrongUseStopsTheStartWithASentence() {
		refused(KeysThatAreNoParameter.class, "the keys '#ids.subList(0, 1)' must be exactly one parameter");
		refused(KeysInAnArray.class, "must be exactly one parameter, a Collection, List or Set");
		refused(KeyAndKeys.class, "key and keys exclude each other: leave one out");
		refused(ItemKeyWithoutKeys.class, "itemKey is set without keys: write keys = ");
		refused(MapWithItemKey.class, "with keys a method returns a Map by these keys, or a List and says the itemKey");
		refused(ListWithoutItemKey.class, "a Map by these keys, or a List and says the itemKey");
		refused(OneValueForSeveralKeys.class, "a Map by these keys, or a List and says the itemKey");
		refused(UpdateOfNothing.class, "returns nothing can't be cached: return the value, or use @CacheInvalidate");
		refused(CachedAndUpdated.class, "a hit would keep the method of @CacheUpdate from running");
		refused(EmptyTag.class, "one of the tags is empty: leave it out, or write a text in quotes");
		refused(EmptyTagOfInvalidation.class, "one of the tags is empty");
		refused(TagsAndKey.class, "key and tags exclude each other: leave one out, or write two annotations");
		refused(TagsAndAll.class, "tags and all exclude each other");
		refused(ResultBeforeItIsThere.class, "there is no #result yet");
		refused(UpdateOfABadName.class, "'my products'");
		refused(UpdateOfWhatCanNotBeRead.class, "java.lang.Runnable");
	}

	private <T> void refused(Class<T> bean, String words) {
		this.empty.withBean(bean).run((context) -> {
			assertThat(context).as(bean.getSimpleName()).hasFailed();
			assertThat(context.getStartupFailure()).as(bean.getSimpleName())
				.hasStackTraceContaining("$" + bean.getSimpleName() + ".")
				.hasStackTraceContaining(words);
		});
	}

	private void with(Consumer<Shop> test) {
		with(this.runner, test);
	}

	private static void with(ApplicationContextRunner runner, Consumer<Shop> test) {
		runner.run((context) -> test.accept(context.getBean(Shop.class)));
	}

	private void withTransactions(BiConsumer<Shop, TransactionTemplate> test) {
		this.runner.withUserConfiguration(Transactions.class)
			.run((context) -> test.accept(context.getBean(Shop.class),
					new TransactionTemplate(context.getBean(PlatformTransactionManager.class))));
	}

	/** How many times the shop is asked meanwhile. */
	private static int keysOf(Shop shop, Runnable calls) {
		int before = shop.asked().size();
		calls.run();
		return shop.asked().size() - before;
	}

	private static String entry(long id) {
		return "shop:cache:products:{" + id + "}";
	}

	private static List<Product> several(Shop shop, String method, List<Long> ids) {
		return switch (method) {
			case "map" -> List.copyOf(shop.map(ids).values());
			case "list" -> shop.list(ids);
			case "set" -> List.copyOf(shop.set(ids));
			case "future" -> List.copyOf(shop.future(ids).join().values());
			case "futureList" -> shop.futureList(ids).join();
			case "mono" -> List.copyOf(shop.mono(ids).block().values());
			default -> shop.flux(ids).collectList().block();
		};
	}

	private static Object save(Shop shop, String method, Product product) {
		return switch (method) {
			case "value" -> shop.save(product);
			case "optional" -> shop.saveOptional(product);
			case "future" -> shop.saveFuture(product).join();
			case "futureOfOptional" -> shop.saveFutureOfOptional(product).join();
			default -> shop.saveMono(product).block();
		};
	}

	static class Shop {

		private static final String NUMBER = "'number:' + #result.id";

		private final List<List<Long>> asked = new CopyOnWriteArrayList<>();

		private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

		private final AtomicReference<Runnable> during = new AtomicReference<>();

		/** The keys of each call. */
		List<List<Long>> asked() {
			return List.copyOf(this.asked);
		}

		void failWith(RuntimeException failure) {
			this.failure.set(failure);
		}

		/** What happens while a method runs. */
		void during(Runnable during) {
			this.during.set(during);
		}

		private void work() {
			if (this.during.get() != null) {
				this.during.get().run();
			}
			if (this.failure.get() != null) {
				throw this.failure.get();
			}
		}

		/** Negative numbers are of no product. */
		private Product one(long id, String name) {
			this.asked.add(List.of(id));
			work();
			return (id < 0) ? null : new Product(id, name);
		}

		private Map<Long, Product> products(Collection<Long> ids, String name) {
			this.asked.add(List.copyOf(ids));
			work();
			return ids.stream()
				.filter((id) -> id >= 0)
				.sorted() // so that the order is not the callers' by accident
				.collect(Collectors.toMap(Function.identity(), (id) -> new Product(id, name), (one, two) -> one,
						LinkedHashMap::new));
		}

		@Cached(value = "products", key = "#id", tags = NUMBER)
		public Product product(long id) {
			return one(id, "one");
		}

		@Cached(value = "tagged", key = "#id", tags = "'category:' + #category")
		public Product tagged(long id, String category) {
			return one(id, category);
		}

		@Cached(value = "elsewhere", key = "#id", tags = "'category:' + #category")
		public Product taggedElsewhere(long id, String category) {
			return one(id, category);
		}

		@Cached(value = "tagged", key = "#id", tags = { "'text'", "#color", "7", "true", "'c'.charAt(0)",
				"#root.target.uuid()", "#nothing", "#several" })
		public Product manyTags(long id, Color color, String nothing, Collection<String> several) {
			return one(id, "many");
		}

		public UUID uuid() {
			return new UUID(1, 2);
		}

		@Cached(value = "tagged", key = "#id", tags = "#tags")
		public Product arrayOfTags(long id, String... tags) {
			return one(id, "array");
		}

		@Cached(value = "tagged", key = "#id", tags = "#result")
		public Product badTag(long id) {
			return one(id, "bad");
		}

		@CacheInvalidate(value = "tagged", tags = "#root.target")
		public void dropBadTag() {
		}

		@CacheInvalidate(value = "tagged", tags = "'category:' + #category")
		public void dropCategory(String category) {
		}

		@CacheInvalidate(value = "tagged", tags = "#tag")
		public void dropTag(String tag) {
		}

		@CacheInvalidate(value = "tagged", tags = "'category:' + #result")
		public Optional<String> dropWhatIsReturned(String category) {
			return Optional.of(category);
		}

		@CacheInvalidate(value = "tagged", tags = "'category:' + #category", beforeInvocation = true)
		public void failAfterDropping(String category) {
			throw new IllegalArgumentException("no");
		}

		@CacheInvalidate(value = "tagged", tags = "'category:' + #category")
		public void failBeforeDropping(String category) {
			throw new IllegalArgumentException("no");
		}

		@CacheInvalidate(value = "tagged", tags = { "'category:' + #first", "#others.!['category:' + #this]" })
		public void dropCategories(String first, List<String> others) {
		}

		@CacheInvalidate(value = "products", tags = "'number:' + #number")
		public void dropNumber(long number) {
		}

		@Cached(value = "products", keys = "#ids")
		public Map<Long, Product> map(Collection<Long> ids) {
			return products((ids != null) ? ids : List.of(0L), "map");
		}

		@Cached(value = "products", keys = "#p0", itemKey = "#item.id")
		public List<Product> list(Collection<Long> ids) {
			return new ArrayList<>(products(ids, "list").values());
		}

		@Cached(value = "products", keys = "#ids", itemKey = "#item.id()")
		public Set<Product> set(List<Long> ids) {
			return new LinkedHashSet<>(products(ids, "set").values());
		}

		@Cached(value = "products", keys = "#ids")
		public CompletableFuture<Map<Long, Product>> future(Collection<Long> ids) {
			return CompletableFuture.supplyAsync(() -> products(ids, "future"));
		}

		@Cached(value = "products", keys = "#ids", itemKey = "#item.id")
		public CompletableFuture<List<Product>> futureList(Collection<Long> ids) {
			return CompletableFuture.supplyAsync(() -> new ArrayList<>(products(ids, "futureList").values()));
		}

		@Cached(value = "products", keys = "#ids")
		public Mono<Map<Long, Product>> mono(Collection<Long> ids) {
			return Mono.fromSupplier(() -> products(ids, "mono"));
		}

		@Cached(value = "products", keys = "#ids", itemKey = "#item.id")
		public Flux<Product> flux(Collection<Long> ids) {
			return Flux.defer(() -> Flux.fromIterable(products(ids, "flux").values()));
		}

		@Cached(value = "products", keys = "#ids")
		public Map<Long, Product> ofSet(Set<Long> ids) {
			return products(ids, "ofSet");
		}

		@Cached(value = "names", keys = "#ids")
		public Map<Long, String> names(Collection<Long> ids) {
			this.asked.add(List.of());
			Map<Long, String> result = new LinkedHashMap<>();
			ids.forEach((id) -> result.put(id, "name of " + id));
			return result;
		}

		@Cached(value = "products", keys = "#ids")
		public Map<Long, Product> withTenant(String tenant, Collection<Long> ids, boolean all) {
			return products(ids, tenant + " " + all);
		}

		@Cached(value = "products", keys = "#ids")
		public Map<Long, Product> generous(Collection<Long> ids) {
			Map<Long, Product> result = products(ids, "generous");
			result.put(2L, new Product(2, "generous"));
			return result;
		}

		@Cached(value = "products", keys = "#ids", ttl = "#result.id == 1 ? 'PT1M' : 'PT1H'",
				unless = "#result.id == 3", tags = NUMBER)
		public Map<Long, Product> particular(Collection<Long> ids) {
			return products(ids, "particular");
		}

		@Cached(value = "products", keys = "#ids", condition = "#cached")
		public Map<Long, Product> conditional(Collection<Long> ids, boolean cached) {
			return products(ids, "conditional");
		}

		@CacheInvalidate(value = "products", keys = "#ids")
		public void dropAll(Collection<Long> ids) {
		}

		@CacheInvalidate(value = "products", keys = "#ids")
		public void dropArray(long[] ids) {
		}

		@CacheInvalidate(value = "products", keys = "#result.![id]")
		public List<Product> dropReturned(long id) {
			return List.of(new Product(id, "dropped"));
		}

		/** A product without a name is none. */
		private Product saved(Product product) {
			work();
			return (product.name() != null) ? product : null;
		}

		@CacheUpdate(value = "products", key = "#product.id")
		public Product save(Product product) {
			return saved(product);
		}

		@CacheUpdate(value = "products", key = "#product.id")
		public Optional<Product> saveOptional(Product product) {
			return Optional.ofNullable(saved(product));
		}

		@CacheUpdate(value = "products", key = "#product.id")
		public CompletableFuture<Product> saveFuture(Product product) {
			return CompletableFuture.supplyAsync(() -> saved(product));
		}

		@CacheUpdate(value = "products", key = "#product.id")
		public CompletableFuture<Optional<Product>> saveFutureOfOptional(Product product) {
			return CompletableFuture.supplyAsync(() -> Optional.ofNullable(saved(product)));
		}

		@CacheUpdate(value = "products", key = "#product.id")
		public Mono<Product> saveMono(Product product) {
			return Mono.fromSupplier(() -> saved(product));
		}

		@CacheUpdate(value = "products", key = "#product.id")
		public Mono<Product> saveNever(Product product) {
			return Mono.never();
		}

		@CacheUpdate(value = "products", key = "#product.id", condition = "#cached", unless = "#result.name == 'draft'")
		public Product saveFinished(Product product, boolean cached) {
			return saved(product);
		}

		@CacheUpdate(value = "products", key = "#product.id", ttl = "#result.name == 'short' ? 'PT1M' : 'PT1H'",
				tags = NUMBER)
		public Product saveTagged(Product product) {
			return saved(product);
		}

		@CacheUpdate("products")
		public Product rename(long id, String name) {
			return new Product(id, name);
		}

		@CacheUpdate(value = "products", key = "#result.id")
		public Product create(String name) {
			return new Product(7, name);
		}

		@CacheUpdate(value = "products", key = "#result.id")
		public CompletableFuture<Optional<Product>> createLater(String name) {
			return CompletableFuture.completedFuture(Optional.of(new Product(7, name)));
		}

		@CacheUpdate(value = "products", key = "#product.id")
		@CacheInvalidate(value = "elsewhere", all = true)
		public Product saveAndDropOther(Product product) {
			return saved(product);
		}

		@Transactional
		@CacheUpdate(value = "products", key = "#product.id")
		public Product saveTransactional(Product product) {
			return saved(product);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class Transactions {

		@Bean
		DataSourceTransactionManager transactionManager() {
			return new DataSourceTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:"));
		}

	}

	static class KeysThatAreNoParameter {

		@Cached(value = "products", keys = "#ids.subList(0, 1)")
		public Map<Long, Product> products(List<Long> ids) {
			return Map.of();
		}

	}

	static class KeysInAnArray {

		@Cached(value = "products", keys = "#ids")
		public Map<Long, Product> products(long[] ids) {
			return Map.of();
		}

	}

	static class KeyAndKeys {

		@Cached(value = "products", key = "#ids", keys = "#ids")
		public Map<Long, Product> products(List<Long> ids) {
			return Map.of();
		}

	}

	static class ItemKeyWithoutKeys {

		@Cached(value = "products", itemKey = "#item.id")
		public List<Product> products(List<Long> ids) {
			return List.of();
		}

	}

	static class MapWithItemKey {

		@Cached(value = "products", keys = "#ids", itemKey = "#item.id")
		public Map<Long, Product> products(List<Long> ids) {
			return Map.of();
		}

	}

	static class ListWithoutItemKey {

		@Cached(value = "products", keys = "#ids")
		public List<Product> products(List<Long> ids) {
			return List.of();
		}

	}

	static class OneValueForSeveralKeys {

		@Cached(value = "products", keys = "#ids")
		public Product products(List<Long> ids) {
			return new Product(1, "");
		}

	}

	static class UpdateOfNothing {

		@CacheUpdate(value = "products", key = "#product.id")
		public void save(Product product) {
		}

	}

	static class CachedAndUpdated {

		@Cached(value = "products", key = "#product.id")
		@CacheUpdate(value = "products", key = "#product.id")
		public Product save(Product product) {
			return product;
		}

	}

	static class EmptyTag {

		@Cached(value = "products", tags = { "'a'", "" })
		public Product product(long id) {
			return new Product(id, "");
		}

	}

	static class EmptyTagOfInvalidation {

		@CacheInvalidate(value = "products", tags = "")
		public void drop(long id) {
		}

	}

	static class TagsAndKey {

		@CacheInvalidate(value = "products", key = "#id", tags = "'a'")
		public void drop(long id) {
		}

	}

	static class TagsAndAll {

		@CacheInvalidate(value = "products", all = true, tags = "'a'")
		public void drop(long id) {
		}

	}

	static class ResultBeforeItIsThere {

		@CacheInvalidate(value = "products", tags = "#result", beforeInvocation = true)
		public String drop(long id) {
			return "";
		}

	}

	static class UpdateOfABadName {

		@CacheUpdate("my products")
		public Product save(long id) {
			return new Product(id, "");
		}

	}

	static class UpdateOfWhatCanNotBeRead {

		@CacheUpdate("products")
		public Runnable save(long id) {
			return () -> {
			};
		}

	}

	record Product(long id, String name) {
	}

	enum Color {

		RED

	}

}
