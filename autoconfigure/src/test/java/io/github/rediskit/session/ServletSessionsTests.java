package io.github.rediskit.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.rediskit.codec.CodecException;
import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.session.SessionSettings.OnFailure;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.session.FindByIndexNameSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What one and two instances see of a session.
 */
@RedisTest
@Timeout(60)
class ServletSessionsTests {

	private static final String USER = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

	private final RedisTestServer server = RedisTestServer.shared();

	private final SessionInstance one = new SessionInstance(this.server.uri());

	private final SessionInstance two = new SessionInstance(this.server.uri());

	@AfterEach
	void close() {
		this.one.close();
		this.two.close();
	}

	@Test
	void aSessionOfOneInstanceIsReadByAnother() {
		RedisSession session = this.one.servlet.createSession();
		session.setAttribute("cart", "lamp");
		session.setAttribute("count", 3);
		assertThat(this.server.commands().keys("*")).isEmpty();
		this.one.servlet.save(session);
		RedisSession read = this.two.servlet.findById(session.getId());
		assertThat(read).isEqualTo(session);
		assertThat(read.<String>getAttribute("cart")).isEqualTo("lamp");
		assertThat(read.<Integer>getAttribute("count")).isEqualTo(3);
		assertThat(read.getAttributeNames()).containsExactlyInAnyOrder("cart", "count");
		assertThat(read.getCreationTime()).isCloseTo(session.getCreationTime(), within(1));
		assertThat(read.getMaxInactiveInterval()).isEqualTo(Duration.ofMinutes(30));
		assertThat(read.isExpired()).isFalse();
		assertThat(this.one.events).containsExactly("created");
	}

	private static org.assertj.core.data.TemporalUnitOffset within(long millis) {
		return new org.assertj.core.data.TemporalUnitWithinOffset(millis, java.time.temporal.ChronoUnit.MILLIS);
	}

	@Test
	void noKeyShowsAnIdThatCouldBeACookie() {
		RedisSession session = this.one.logIn("ann");
		String handle = this.one.users.handleOf(session.getId());
		assertThat(this.server.commands().keys("*")).containsExactlyInAnyOrder("shop:session:sessions:{" + handle + "}",
				"shop:session:users:{ann}", "shop:session:logins:{ann}");
		assertThat(this.server.commands().hgetall("shop:session:sessions:{" + handle + "}").toString())
			.doesNotContain(session.getId());
		// and a handle is no id
		assertThat(this.one.servlet.findById(handle)).isNull();
	}

	@Test
	void everyKeyHasATimeToLive() {
		this.one.logIn("ann");
		this.one.servlet.save(this.one.servlet.createSession());
		assertThat(this.server.commands().keys("*")).hasSize(4)
			.allSatisfy((key) -> assertThat(this.server.commands().pttl(key)).isBetween(1_790_000L, 1_860_001L));
	}

	@Test
	void onlyWhatHasChangedIsWritten() {
		RedisSession session = this.one.servlet.createSession();
		session.setAttribute("cart", "lamp");
		session.setAttribute("count", 3);
		this.one.servlet.save(session);
		RedisSession first = this.one.servlet.findById(session.getId());
		RedisSession second = this.two.servlet.findById(session.getId());
		first.setAttribute("cart", "table");
		first.setAttribute("count", 3);
		second.setAttribute("count", 4);
		second.setAttribute("note", "hello");
		this.one.servlet.save(first);
		this.two.servlet.save(second);
		first.removeAttribute("note"); // which it does not know
		this.one.servlet.save(first);
		RedisSession read = this.one.servlet.findById(session.getId());
		assertThat(read.<String>getAttribute("cart")).isEqualTo("table");
		assertThat(read.<Integer>getAttribute("count")).isEqualTo(4);
		assertThat(read.<String>getAttribute("note")).isEqualTo("hello");
		read.removeAttribute("note");
		this.one.servlet.save(read);
		assertThat(this.two.servlet.findById(session.getId()).getAttributeNames()).containsExactlyInAnyOrder("cart",
				"count");
	}

	@Test
	void parallelRequestsLoseNoUpdateOfDifferentAttributes() {
		String id = this.one.logIn("ann").getId();
		int requests = 1_000;
		ExecutorService threads = Executors.newFixedThreadPool(32);
		List<CompletableFuture<Void>> all = IntStream.range(0, requests)
			.mapToObj((i) -> CompletableFuture.runAsync(() -> {
				SessionInstance instance = (i % 2 == 0) ? this.one : this.two;
				RedisSession session = instance.servlet.findById(id);
				session.setLastAccessedTime(Instant.now());
				session.setAttribute("a" + i, i);
				instance.servlet.save(session);
			}, threads))
			.toList();
		all.forEach(CompletableFuture::join);
		threads.shutdown();
		RedisSession read = this.one.servlet.findById(id);
		assertThat(IntStream.range(0, requests))
			.allSatisfy((i) -> assertThat(read.<Integer>getAttribute("a" + i)).isEqualTo(i));
	}

	@Test
	void aRequestInFlightDoesNotBringBackWhatHasEnded() {
		RedisSession session = this.one.logIn("ann");
		RedisSession inFlight = this.two.servlet.findById(session.getId());
		this.one.servlet.deleteById(session.getId());
		inFlight.setAttribute("cart", "lamp");
		inFlight.setLastAccessedTime(Instant.now());
		this.two.servlet.save(inFlight);
		inFlight.changeSessionId();
		this.two.servlet.save(inFlight);
		assertThat(this.server.commands().keys("*")).isEmpty();
		assertThat(this.two.events).containsExactly("saved: ENDED");
		assertThat(this.one.events).containsExactly("created", "ended: INVALIDATED");
		assertThat(this.two.servlet.findById(session.getId())).isNull();
	}

	@Test
	void aChangedIdTakesEverythingAlong() {
		RedisSession session = this.one.logIn("ann");
		String former = session.getId();
		RedisSession other = this.two.servlet.findById(former);
		other.setAttribute("cart", "lamp");
		this.two.servlet.save(other);
		String changed = session.changeSessionId();
		session.setAttribute("count", 1);
		this.one.servlet.save(session);
		assertThat(changed).isNotEqualTo(former).isEqualTo(session.getId());
		assertThat(this.two.servlet.findById(former)).isNull();
		RedisSession read = this.two.servlet.findById(changed);
		assertThat(read.getAttributeNames()).containsExactlyInAnyOrder(USER, "cart", "count");
		assertThat(this.one.users.of("ann")).extracting(UserSession::handle)
			.containsExactly(this.one.users.handleOf(changed));
		// whoever still has the former one has nothing
		other.setAttribute("cart", "table");
		this.two.servlet.save(other);
		assertThat(this.server.commands().keys("shop:session:sessions:*")).hasSize(1);
		assertThat(this.two.servlet.findById(changed).<String>getAttribute("cart")).isEqualTo("lamp");
	}

	@Test
	void ofTwoWhoChangeAnIdOneHasTheSession() {
		RedisSession session = this.one.logIn("ann");
		RedisSession other = this.two.servlet.findById(session.getId());
		session.changeSessionId();
		other.changeSessionId();
		this.one.servlet.save(session);
		this.two.servlet.save(other);
		assertThat(this.server.commands().keys("shop:session:sessions:*"))
			.containsExactly("shop:session:sessions:{" + this.one.users.handleOf(session.getId()) + "}");
	}

	@Test
	void aSessionEndsWhenItIsNotUsedAndNothingIsLeft() {
		try (SessionInstance quick = new SessionInstance(this.server.uri(),
				SessionInstance.settings(Duration.ofSeconds(1), 0, OnExceed.EXPIRE_OLDEST))) {
			RedisSession session = quick.logIn("ann");
			long start = System.nanoTime();
			while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1800)) {
				assertThat(quick.use(session.getId())).isNotNull();
			}
			assertThat(quick.users.of("ann")).hasSize(1);
			await().until(() -> this.server.commands().keys("*").isEmpty());
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2700));
			assertThat(quick.servlet.findById(session.getId())).isNull();
		}
	}

	@Test
	void aSessionMayLiveForLongerOrShorterThanOthers() {
		RedisSession session = this.one.logIn("ann");
		session.setMaxInactiveInterval(Duration.ofHours(2));
		this.one.servlet.save(session);
		assertThat(this.server.commands().keys("*")).hasSize(3)
			.allSatisfy((key) -> assertThat(this.server.commands().pttl(key)).isGreaterThan(7_000_000));
		session.setMaxInactiveInterval(Duration.ofSeconds(-1));
		this.one.servlet.save(session);
		assertThat(this.server.commands().keys("*")).allSatisfy(
				(key) -> assertThat(this.server.commands().pttl(key)).isBetween(31_000_000_000L, 31_600_000_000L));
		assertThat(this.two.servlet.findById(session.getId()).getMaxInactiveInterval()).isNegative();
		session.setMaxInactiveInterval(Duration.ZERO);
		this.one.servlet.save(session);
		assertThat(this.server.commands().keys("*")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(longs = { Long.MIN_VALUE, -1, Long.MAX_VALUE })
	void forEverIsAYearHoweverItIsSaid(long seconds) {
		RedisSession session = this.one.servlet.createSession();
		session.setMaxInactiveInterval(Duration.ofSeconds(seconds));
		this.one.servlet.save(session);
		assertThat(this.server.commands().keys("*")).singleElement()
			.satisfies(
					(key) -> assertThat(this.server.commands().pttl(key)).isBetween(31_000_000_000L, 31_600_000_000L));
		assertThat(session.isExpired()).isFalse();
		assertThat(this.two.servlet.findById(session.getId()).isExpired()).isFalse();
	}

	@Test
	void aTypeThatIsNotAllowedIsRefusedBeforeAnythingIsWritten() {
		RedisSession session = this.one.servlet.createSession();
		session.setAttribute("cart", "lamp");
		session.setAttribute("since", Instant.EPOCH);
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> this.one.servlet.save(session))
			.withMessageContainingAll("'since'", "rediskit.session.allowed-types");
		assertThat(this.server.commands().keys("*")).isEmpty();
		session.removeAttribute("since");
		this.one.servlet.save(session);
		assertThat(this.one.servlet.findById(session.getId()).getAttributeNames()).containsExactly("cart");
	}

	@Test
	void whatIsNoSessionIsANewOneAndRemoved() {
		RedisSession session = this.one.logIn("ann");
		String key = "shop:session:sessions:{" + this.one.users.handleOf(session.getId()) + "}";
		for (Runnable spoiling : List.<Runnable>of(() -> this.server.commands().set(key, "garbage"),
				() -> this.server.commands().lpush(key, "garbage"),
				() -> this.server.commands().hset(key, Map.of("v", "2", "p", "ann")),
				() -> this.server.commands().hset(key, Map.of("v", "1", "c", "x", "s", "1", "i", "1")),
				() -> this.server.commands()
					.hset(key, Map.of("v", "1", "c", "99999999999999999999", "s", "1", "i", "1")),
				() -> this.server.commands().hset(key, Map.of("v", "1", "c", "1", "s", "1", "i", "1", "@cart", "?")))) {
			this.server.commands().del(key);
			spoiling.run();
			assertThat(this.two.servlet.findById(session.getId())).isNull();
			await().until(() -> this.server.commands().exists(key) == 0);
		}
		assertThat(this.two.events).containsExactly("unreadable: WRONG_TYPE", "unreadable: WRONG_TYPE",
				"unreadable: FORMAT", "unreadable: FORMAT", "unreadable: FORMAT", "unreadable: ATTRIBUTE");
	}

	@Test
	void anIndexThatIsNoneIsReplaced() {
		RedisSession session = this.one.logIn("ann");
		this.server.commands().set("shop:session:users:{ann}", "garbage");
		assertThat(this.one.users.of("ann")).hasSize(1);
		this.server.commands().set("shop:session:logins:{ann}", "garbage");
		RedisSession other = this.one.logIn("ann");
		assertThat(this.one.users.of("ann")).hasSize(1);
		this.server.commands()
			.pexpire("shop:session:sessions:{" + this.one.users.handleOf(session.getId()) + "}", 1_000_000);
		this.one.use(session.getId());
		assertThat(this.one.users.of("ann")).extracting(UserSession::handle)
			.containsExactlyInAnyOrder(this.one.users.handleOf(session.getId()),
					this.one.users.handleOf(other.getId()));
	}

	@Test
	void sessionsOfAUserAreFoundAndCanBeChanged() {
		RedisSession first = this.one.logIn("ann");
		this.one.logIn("ann");
		this.one.logIn("bob");
		Map<String, RedisSession> found = this.two.servlet.findByPrincipalName("ann");
		assertThat(found).hasSize(2);
		assertThat(this.two.servlet.findByIndexNameAndIndexValue("other", "ann")).isEmpty();
		RedisSession same = found.values().iterator().next();
		assertThat(same.getId()).isNotEqualTo(first.getId());
		RedisSession again = this.two.servlet.findById(same.getId());
		again.setAttribute("note", "bye");
		this.two.servlet.save(again);
		assertThat(this.one.servlet.findById(first.getId()).<String>getAttribute("note")).isEqualTo("bye");
		// the reference means nothing elsewhere, nor does one that was made up
		assertThat(this.one.servlet.findById(same.getId())).isNull();
		String made = same.getId().substring(0, same.getId().length() - 2) + "AA";
		assertThat(this.two.servlet.findById(made)).isNull();
		this.two.servlet.deleteById(same.getId());
		assertThat(this.one.servlet.findById(first.getId())).isNull();
		Set<String> ids = this.two.servlet.findByPrincipalName("ann").keySet();
		assertThat(ids).hasSize(1);
	}

	@Test
	void aUseIsWrittenOnlyOnceInAWhile() {
		RedisSession session = this.one.logIn("ann");
		this.server.resetStats();
		for (int i = 0; i < 20; i++) {
			this.one.use(session.getId());
		}
		assertThat(this.server.commandStats().getOrDefault("evalsha", 0L)
				+ this.server.commandStats().getOrDefault("eval", 0L))
			.isBetween(20L, 21L);
		String key = "shop:session:sessions:{" + this.one.users.handleOf(session.getId()) + "}";
		this.server.commands().pexpire(key, 1_700_000);
		this.one.use(session.getId());
		assertThat(this.server.commands().pttl(key)).isGreaterThan(1_800_000);
	}

	@Test
	void aKeyThatHasLostItsTimeToLiveGetsOneBack() {
		RedisSession session = this.one.logIn("ann");
		String key = "shop:session:sessions:{" + this.one.users.handleOf(session.getId()) + "}";
		this.server.commands().persist(key);
		RedisSession read = this.one.servlet.findById(session.getId());
		read.setAttribute("cart", "lamp");
		this.one.servlet.save(read);
		assertThat(this.server.commands().pttl(key)).isPositive();
	}

	@Test
	void whoLogsOutHasNoPlaceAmongTheUsersSessions() {
		RedisSession session = this.one.logIn("ann");
		session.setAttribute(USER, "bob");
		this.one.servlet.save(session);
		assertThat(this.one.users.of("ann")).isEmpty();
		assertThat(this.one.users.of("bob")).hasSize(1);
		session.removeAttribute(USER);
		this.one.servlet.save(session);
		assertThat(this.one.users.of("bob")).isEmpty();
		assertThat(this.server.commands()
			.keys("*")
			.stream()
			.map((key) -> key.replaceAll("\\{.*", ""))
			.collect(Collectors.toSet())).containsExactly("shop:session:sessions:");
		assertThat(this.one.servlet.findById(session.getId())).isNotNull();
	}

	@Test
	void whatIsASessionAgainIsNotRemoved() {
		RedisSession session = this.one.logIn("ann");
		String key = "shop:session:sessions:{" + this.one.users.handleOf(session.getId()) + "}";
		for (Map<String, String> spoiled : List.of(Map.of("@cart", "?"), Map.of("v", "2"), Map.of("i", "x"))) {
			Map<String, String> good = this.server.commands().hgetall(key);
			this.server.commands().hset(key, spoiled);
			// read by one instance, and written by another one before it is removed
			this.two.interference.before(2, () -> {
				this.server.commands().hdel(key, "@cart");
				this.server.commands().hset(key, good);
			});
			assertThat(this.two.servlet.findById(session.getId())).isNull();
			await().until(this.two.interference::isDone);
			assertThat(this.two.users.of("ann")).hasSize(1); // which is asked after the
																// removal
			assertThat(this.one.servlet.findById(session.getId())).isNotNull();
		}
	}

	@Test
	void aSessionIsNotLargerThanItMayBe() {
		try (SessionInstance small = new SessionInstance(this.server.uri(),
				new SessionSettings(Duration.ofMinutes(30), 0, OnExceed.EXPIRE_OLDEST, OnFailure.FAIL, 10_000))) {
			RedisSession session = small.servlet.createSession();
			session.setAttribute("cart", "a".repeat(6_000));
			session.setAttribute("note", "short");
			small.servlet.save(session);
			session.setAttribute("history", "b".repeat(6_000));
			session.setAttribute("note", "shorter");
			assertThatExceptionOfType(SessionTooLargeException.class).isThrownBy(() -> small.servlet.save(session))
				.withMessageContainingAll("'history' has 6001 bytes", "12010", "rediskit.session.max-size is 10000")
				.satisfies((ex) -> assertThat(ex.attribute()).isEqualTo("history"));
			RedisSession read = this.one.servlet.findById(session.getId());
			assertThat(read.getAttributeNames()).containsExactlyInAnyOrder("cart", "note");
			assertThat(read.<String>getAttribute("note")).isEqualTo("short");
			// another instance allows more, and this one nothing but less
			read.setAttribute("history", "b".repeat(6_000));
			this.one.servlet.save(read);
			RedisSession large = small.servlet.findById(session.getId());
			large.setAttribute("history", "b".repeat(5_000));
			small.servlet.save(large);
			large.setAttribute("cart", "a");
			small.servlet.save(large);
			assertThat(this.two.servlet.findById(session.getId()).<String>getAttribute("cart")).isEqualTo("a");
			this.one.logIn("ann");
			assertThatExceptionOfType(SessionTooLargeException.class)
				.isThrownBy(() -> small.users.refresh("ann", "roles", "c".repeat(10_000)))
				.withMessageContaining("'roles' has 10001 bytes");
		}
	}

	@Test
	void aUserMayHaveALongName() {
		String name = "ann".repeat(100_000);
		RedisSession session = this.one.logIn(name);
		this.one.logIn(name + "a");
		assertThat(this.two.users.of(name)).extracting(UserSession::handle)
			.containsExactly(this.two.users.handleOf(session.getId()));
		assertThat(this.server.commands().keys("*")).allSatisfy((key) -> assertThat(key).hasSizeLessThan(300));
		assertThat(this.two.users.revokeAll(name)).isOne();
		assertThat(this.one.servlet.findById(session.getId())).isNull();
	}

	@Test
	void whoseNameIsNoTextIsNotLoggedIn() {
		RedisSession other = this.one.logIn("ann?");
		RedisSession session = this.one.servlet.createSession();
		session.setAttribute(USER, "ann\uD83D");
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.servlet.save(session))
			.withMessageContaining("half a surrogate pair");
		String handle = this.one.users.handleOf(other.getId());
		assertThat(this.one.users.revoke("ann\uD83D", handle)).isFalse();
		assertThat(this.one.users.of("ann\uD83D")).isEmpty();
		assertThat(this.one.users.revokeAll("ann\uD83D")).isZero();
		assertThat(this.one.servlet.findById(other.getId())).isNotNull();
	}

}
