package io.github.rediskit.cache;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What {@link ReadThroughCache#invalidateMatching} removes, keeps and cancels.
 */
@RedisTest
@Timeout(60)
class InvalidateMatchingTests {

	private static final KeyFamily KEYS = new KeySpace(null, "shop").family("cache", "products");

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private CacheInstance one;

	private CacheInstance two;

	@BeforeEach
	void start() {
		this.one = new CacheInstance(this.server.uri());
		this.two = new CacheInstance(this.server.uri());
	}

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.one.close();
		this.two.close();
	}

	@Test
	void exactlyTheMatchingEntriesAreRemoved() {
		removes("user:*", List.of("user:1", "user:", "user:{x} y"), List.of("user", "xuser:1", "user%3A1", 1));
		removes("a*b", List.of("a*b", "ab", "axb"), List.of("abc", "a*c"));
		removes("a[b]", List.of("a[b]"), List.of("ab", "a", "a[bb]"));
		removes("a\\b", List.of("a\\b"), List.of("ab", "a*b"));
		removes("{x}", List.of("{x}"), List.of("x", "{y}"));
		removes("a b ?", List.of("a b c", "a b ü", "a b 😀"), List.of("a b", "a b cc", "a b  d"));
		removes("*ß", List.of("groß", "ß"), List.of("gross", "ßs"));
		removes("1*", List.of(1, "1", 12, "1a", "12"), List.of(21, "21", "a1", -1));
		removes("*Point(1,*)", List.of(new Point(1, 2)), List.of(new Point(2, 1)));
		removes("List(a,?)", List.of(List.of("a", 1), List.of("a", "1")), List.of(List.of("a", 12), List.of("b", 1)));
	}

	private void removes(String glob, List<?> removed, List<?> kept) {
		List<Object> all = new ArrayList<>(removed);
		all.addAll(kept);
		fill(all);
		this.one.cache(Product.class).invalidateMatching(glob);
		assertThat(present(all)).as(glob).containsExactlyInAnyOrderElementsOf(kept);
		this.server.flushAll();
	}

	private void fill(List<?> ids) {
		ids.forEach((id) -> this.server.bytes().set(KEYS.key(KeyId.of(id)), new byte[1], SetArgs.Builder.ex(600)));
	}

	private List<Object> present(List<?> ids) {
		return ids.stream()
			.filter((id) -> this.server.bytes().exists(KEYS.key(KeyId.of(id))) == 1)
			.collect(Collectors.toList());
	}

	@Test
	void anyGlobRemovesWhatAnotherMatcherSays() {
		Random random = new Random(42);
		String alphabet = "ab1122:*?[]{}\\ %'(,)~-ü😀\n";
		for (int round = 0; round < 100; round++) {
			Set<Object> ids = new HashSet<>();
			for (int i = 0; i < 40; i++) {
				String text = random(random, alphabet, 6);
				ids.add(text.matches("-?[1-9][0-9]{0,8}") && random.nextBoolean() ? Long.valueOf(text) : text);
			}
			String glob = random(random, alphabet.strip() + "****????", 5);
			if (glob.isEmpty() || glob.chars().allMatch((c) -> c == '*')) {
				continue;
			}
			fill(List.copyOf(ids));
			this.one.cache(Product.class).invalidateMatching(glob);
			Pattern oracle = Pattern.compile(regex(glob), Pattern.DOTALL);
			assertThat(present(List.copyOf(ids))).as("kept by " + glob)
				.containsExactlyInAnyOrderElementsOf(
						ids.stream().filter((id) -> !oracle.matcher(id.toString()).matches()).toList());
			this.server.flushAll();
		}
	}

	private static String random(Random random, String alphabet, int length) {
		int[] characters = alphabet.codePoints().toArray();
		return IntStream.range(0, random.nextInt(length + 1))
			.mapToObj((i) -> Character.toString(characters[random.nextInt(characters.length)]))
			.collect(Collectors.joining());
	}

	private static String regex(String glob) {
		return glob.codePoints()
			.mapToObj((c) -> (c == '*') ? ".*" : (c == '?') ? "." : Pattern.quote(Character.toString(c)))
			.collect(Collectors.joining());
	}

	@Test
	void severalArgumentsAreOneText() throws Throwable {
		LeasedCache<Object, Product> cache = this.one.caches().cache("products", (Type) Product.class);
		for (KeyId id : List.of(KeyId.ofArguments("a", 1), KeyId.ofArguments("a", "b:c"), KeyId.ofArguments("b", 1))) {
			cache.get(id, () -> CompletableFuture.completedStage(Loaded.of(new Product(1, "lamp"))));
		}
		this.one.caches().invalidateMatching("products", "(a,*)");
		assertThat(cache.look(KeyId.ofArguments("a", 1)).value()).isNull();
		assertThat(cache.look(KeyId.ofArguments("a", "b:c")).value()).isNull();
		assertThat(cache.look(KeyId.ofArguments("b", 1)).value()).isNotNull();
	}

	@Test
	void otherCachesAndOtherKeysStay() {
		List<String> others = List.of("shop:cache:products2:{a}", "shop:cache:orders:{a}",
				"shop:cache-tag:products:{a}", "blog:cache:products:{a}", "a", "shop:cache:products:{a",
				"shop:cache-generation:products", "shop:cache:products:{a}:{a}", "shop:cache:products:{a b}");
		others.forEach((key) -> this.server.commands().set(key, "x"));
		fill(List.of("a", "ab"));
		this.one.cache(Product.class).invalidateMatching("?*");
		this.one.cache(Product.class).invalidateMatching("a*");
		assertThat(this.server.commands().exists(others.toArray(String[]::new))).isEqualTo(others.size());
		assertThat(present(List.of("a", "ab"))).isEmpty();
	}

	@Test
	void everythingIsOneWriteAndReachesDigestsToo() {
		String longKey = "x".repeat(300);
		this.one.cache(Product.class).put(longKey, new Product(1, "lamp"));
		this.one.cache(Product.class).invalidateMatching("x*");
		assertThat(this.two.cache(Product.class).getIfPresent(longKey)).isPresent();
		this.server.resetStats();
		this.one.cache(Product.class).invalidateMatching("*");
		assertThat(this.server.commandStats()).doesNotContainKey("scan");
		assertThat(this.two.cache(Product.class).getIfPresent(longKey)).isEmpty();
	}

	@Test
	void aGlobThatCanNotBeMeantIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.cache(Product.class).invalidateMatching(""))
			.withMessageStartingWith("The glob is empty");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.one.caches().invalidateMatchingAsync("products", "a\u0000"))
			.withMessageContaining("U+0000");
	}

	@Test
	void aLoadInFlightIsNotStoredAndNobodyJoinsIt() throws Exception {
		this.two.cache(Product.class).get("warm", (id) -> new Product(0, "warm"));
		SlowLoad old = new SlowLoad(this.one, "user:1");
		SlowLoad other = new SlowLoad(this.one, "order:1");
		this.two.cache(Product.class).invalidateMatching("user:*");
		assertThat(this.two.cache(Product.class).get("user:1", (id) -> new Product(1, "new")).name()).isEqualTo("new");
		old.release();
		other.release();
		assertThat(old.value().name()).isEqualTo("old");
		assertThat(other.value().name()).isEqualTo("old");
		assertThat(this.one.events.count("rejected")).isOne();
		assertThat(this.two.cache(Product.class).getIfPresent("user:1")).contains(new Product(1, "new"));
		assertThat(this.two.cache(Product.class).getIfPresent("order:1")).contains(new Product(1, "old"));
	}

	@Test
	void callersOfTheSameInstanceDoNotJoinAnOlderLoadEither() throws Exception {
		SlowLoad old = new SlowLoad(this.one, "user:1");
		this.one.cache(Product.class).invalidateMatching("user:?");
		assertThat(this.one.cache(Product.class).get("user:1", (id) -> new Product(1, "new")).name()).isEqualTo("new");
		old.release();
		old.value();
		assertThat(this.two.cache(Product.class).getIfPresent("user:1")).contains(new Product(1, "new"));
	}

	@Test
	void callersJoinALoadThatIsNotConcerned() throws Exception {
		SlowLoad load = new SlowLoad(this.one, "order:1");
		this.one.cache(Product.class).invalidateMatching("user:*");
		AtomicInteger loads = new AtomicInteger();
		Future<Product> joined = this.threads.submit(() -> this.one.cache(Product.class).get("order:1", (id) -> {
			loads.incrementAndGet();
			return new Product(1, "second");
		}));
		await().until(() -> this.one.events.count("miss:ABSENT") == 2);
		load.release();
		assertThat(joined.get(10, TimeUnit.SECONDS).name()).isEqualTo("old");
		assertThat(loads).hasValue(0);
	}

	@Test
	void aLoadThatStoresAfterItsLeaseWasLookedForIsFoundAmongTheEntries() throws Exception {
		SlowLoad old = new SlowLoad(this.one, "user:1");
		List<String> steps = new ArrayList<>();
		UnaryOperator<RedisGateway> between = scanning((pattern) -> {
			steps.add(pattern);
			if (steps.size() == 1) { // before the leases are looked at
				old.release();
				assertThat(old.value().name()).isEqualTo("old");
				assertThat(this.server.commands().exists("shop:cache:products:{user%3A1}")).isOne();
			}
		});
		try (CacheInstance three = new CacheInstance(this.server.uri(), CacheInstance.SETTINGS, between)) {
			three.cache(Product.class).invalidateMatching("user:*");
		}
		assertThat(steps).containsExactly("shop:cache-lease:products:{user%3A*}", "shop:cache:products:{user%3A*}");
		assertThat(this.server.commands().exists("shop:cache:products:{user%3A1}")).isZero();
	}

	@Test
	void putsOfOtherKeysMeanwhileSurvive() throws Exception {
		fill(IntStream.range(0, 3000).mapToObj((i) -> "user:" + i).toList());
		CountDownLatch stop = new CountDownLatch(1);
		AtomicInteger puts = new AtomicInteger();
		Future<?> writer = this.threads.submit(() -> {
			while (stop.getCount() > 0) {
				int number = puts.incrementAndGet();
				this.two.cache(Product.class).put("order:" + number, new Product(number, "put"));
			}
		});
		await().until(() -> puts.get() > 5);
		this.one.cache(Product.class).invalidateMatching("user:*");
		int during = puts.get();
		stop.countDown();
		writer.get(10, TimeUnit.SECONDS);
		assertThat(during).isGreaterThan(5);
		for (int i = 1; i <= puts.get(); i++) {
			assertThat(this.one.cache(Product.class).getIfPresent("order:" + i)).contains(new Product(i, "put"));
		}
		assertThat(present(IntStream.range(0, 3000).mapToObj((i) -> "user:" + i).toList())).isEmpty();
	}

	@Test
	void theDatabaseIsWalkedThroughInSmallStepsWithoutKeys() {
		try (RedisTestServer own = RedisTestServer.start()) {
			fillMany(own, 50_000);
			try (CacheInstance instance = new CacheInstance(own.uri())) {
				own.resetStats();
				instance.cache(Product.class).invalidateMatching("user:*");
				Map<String, Long> calls = own.commandStats();
				assertThat(microsPerCall(own, "scan")).isLessThan(2_000);
				assertThat(microsPerCall(own, "evalsha")).isLessThan(2_000);
				assertThat(calls).doesNotContainKeys("keys", "flushdb", "flushall");
				assertThat(calls.get("scan")).isBetween(150L, 400L);
				assertThat(calls.get("unlink")).isGreaterThanOrEqualTo(25_000);
				assertThat(own.commands().dbsize()).isEqualTo(25_000);
				assertThat(own.commands().exists("shop:cache:products:{order%3A2}")).isOne();
			}
		}
	}

	/** Not the slowest: on a busy machine any command may be interrupted. */
	private static double microsPerCall(RedisTestServer server, String command) {
		Matcher micros = Pattern.compile("usec_per_call=([0-9.]+)")
			.matcher(server.info("commandstats", "cmdstat_" + command));
		assertThat(micros.find()).isTrue();
		return Double.parseDouble(micros.group(1));
	}

	private static void fillMany(RedisTestServer server, int count) {
		server.commands()
			.eval("for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'shop:cache:products:{' .. (i % 2 == 0 and 'order' or 'user') .. '%3A' .. i .. '}', 'x', 'EX', 600) end return 1",
					ScriptOutputType.INTEGER, new String[0], Integer.toString(count));
	}

	@Test
	void afterEachStepItRestsAsLongAsThatTook() {
		List<long[]> steps = new ArrayList<>(); // begin, end
		UnaryOperator<RedisGateway> between = (gateway) -> intercepted(gateway, (call) -> {
			long[] step = { System.nanoTime(), 0 };
			steps.add(step);
			return ((CompletionStage<?>) call.proceed()).thenApply((page) -> {
				step[1] = System.nanoTime();
				return page;
			});
		});
		fillMany(this.server, 10_000);
		try (CacheInstance instance = new CacheInstance(this.server.uri(), CacheInstance.SETTINGS, between)) {
			instance.cache(Product.class).invalidateMatching("nobody:*");
		}
		assertThat(steps).hasSizeGreaterThan(20);
		for (int i = 1; i < steps.size(); i++) {
			long[] step = steps.get(i - 1);
			assertThat(steps.get(i)[0] - step[1]).isGreaterThanOrEqualTo(step[1] - step[0]);
		}
	}

	@Test
	void aFrozenRedisOnTheWayLeavesNothingOld() {
		try (RedisTestServer own = RedisTestServer.start()) {
			UnaryOperator<RedisGateway> between = scanning((pattern) -> {
				if (pattern.startsWith("shop:cache:")) {
					own.freeze();
				}
			});
			try (CacheInstance broken = new CacheInstance(own.uri(), CacheInstance.SETTINGS, between);
					CacheInstance other = new CacheInstance(own.uri())) {
				broken.cache(Product.class).put("user:1", new Product(1, "old"));
				broken.cache(Product.class).put("order:1", new Product(1, "old"));
				assertThat(broken.caches().invalidateMatchingAsync("products", "user:*").toCompletableFuture())
					.succeedsWithin(10, TimeUnit.SECONDS)
					.isEqualTo(false);
				assertThat(broken.events.contains("deferred")).isTrue();
				assertThat(broken.cache(Product.class).getIfPresent("user:1")).isEmpty();
				own.thaw();
				await().until(() -> broken.events.contains("caught-up"));
				assertThat(other.cache(Product.class).getIfPresent("user:1")).isEmpty();
				assertThat(other.cache(Product.class).getIfPresent("order:1")).isEmpty();
				assertThat(own.commands().exists("shop:cache:products:{user%3A1}")).isOne(); // another
																								// generation
			}
		}
	}

	@Test
	void aKilledRedisOnTheWayCostsTheCallerNothingMore() {
		try (RedisTestServer own = RedisTestServer.start()) {
			AtomicInteger pages = new AtomicInteger();
			UnaryOperator<RedisGateway> between = scanning((pattern) -> {
				if (pages.incrementAndGet() == 30) {
					own.kill();
				}
			});
			fillMany(own, 20_000);
			try (CacheInstance instance = new CacheInstance(own.uri(), CacheInstance.SETTINGS, between)) {
				instance.cache(Product.class).invalidateMatching("user:*");
				assertThat(pages).hasValue(30);
				assertThat(instance.events.contains("deferred")).isTrue();
				assertThat(instance.cache(Product.class).get("user:1", (id) -> new Product(1, "new")).name())
					.isEqualTo("new");
				own.restart();
				await().until(() -> instance.events.contains("caught-up"));
				instance.cache(Product.class).invalidateMatching("user:*");
				assertThat(instance.events.count("deferred")).isOne();
			}
		}
	}

	@Test
	void itNeedsNoDangerousCommand() {
		fill(List.of("user:1", "order:1"));
		String restricted = this.server.user("narrow", "secret", "~shop:*", "resetchannels", "&shop:*", "+@all",
				"-@dangerous");
		try (CacheInstance instance = new CacheInstance(restricted)) {
			instance.cache(Product.class).invalidateMatching("user:*");
			assertThat(instance.events.contains("deferred")).isFalse();
		}
		assertThat(present(List.of("user:1", "order:1"))).containsExactly("order:1");
	}

	@Test
	void whoMayNotScanInvalidatesTheWholeCache() {
		this.one.cache(Product.class).put("user:1", new Product(1, "old"));
		String blind = this.server.user("blind", "secret", "~*", "&*", "+@all", "-scan");
		try (CacheInstance instance = new CacheInstance(blind)) {
			instance.cache(Product.class).invalidateMatching("user:*");
			await().until(() -> instance.events.contains("caught-up"));
		}
		assertThat(this.one.cache(Product.class).getIfPresent("user:1")).isEmpty();
	}

	/** Does something before each page is asked for. */
	private static UnaryOperator<RedisGateway> scanning(Step step) {
		return (gateway) -> intercepted(gateway, (call) -> {
			step.before(new String((byte[]) call.arguments()[0], StandardCharsets.US_ASCII));
			return call.proceed();
		});
	}

	private static RedisGateway intercepted(RedisGateway gateway, Interceptor scan) {
		return (RedisGateway) Proxy.newProxyInstance(InvalidateMatchingTests.class.getClassLoader(),
				new Class<?>[] { RedisGateway.class }, (proxy, method, arguments) -> {
					try {
						return method.getName().equals("scan")
								? scan.intercept(new Call(arguments, () -> method.invoke(gateway, arguments)))
								: method.invoke(gateway, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

	private interface Step {

		void before(String pattern) throws Exception;

	}

	private interface Interceptor {

		Object intercept(Call call) throws Exception;

	}

	private record Call(Object[] arguments, Callable<Object> target) {

		Object proceed() throws Exception {
			return this.target.call();
		}

	}

	/** A load of an old value that has begun and does not end before it is told to. */
	private final class SlowLoad {

		private final CountDownLatch released = new CountDownLatch(1);

		private final Future<Product> call;

		SlowLoad(CacheInstance instance, Object key) throws Exception {
			CountDownLatch begun = new CountDownLatch(1);
			this.call = InvalidateMatchingTests.this.threads
				.submit(() -> instance.cache(Product.class).get(key, (id) -> {
					begun.countDown();
					await().until(() -> this.released.getCount() == 0);
					return new Product(1, "old");
				}));
			assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
		}

		void release() {
			this.released.countDown();
		}

		Product value() throws Exception {
			return this.call.get(10, TimeUnit.SECONDS);
		}

	}

	record Product(long id, String name) {
	}

	record Point(int x, int y) {
	}

}
