package io.github.rediskit.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.session.FindByIndexNameSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * The sessions of a user: seen, ended, and no more than he may have.
 */
@RedisTest
@Timeout(120)
class UserSessionsTests {

	private static final int ROUNDS = Integer.getInteger("rediskit.test.session.rounds", 5);

	private static final String USER = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

	private static final Duration TIMEOUT = Duration.ofMinutes(30);

	private final RedisTestServer server = RedisTestServer.shared();

	private final List<SessionInstance> instances = new ArrayList<>();

	private SessionInstance instance(int most, OnExceed onExceed) {
		SessionInstance instance = new SessionInstance(this.server.uri(),
				SessionInstance.settings(TIMEOUT, most, onExceed));
		this.instances.add(instance);
		return instance;
	}

	@AfterEach
	void close() {
		this.instances.forEach(SessionInstance::close);
	}

	@Test
	void aUserSeesHisSessionsInTheOrderOfHisLogIns() {
		SessionInstance one = instance(0, OnExceed.EXPIRE_OLDEST);
		SessionRequest before = SessionRequest.bind(new SessionRequest(() -> "phone", () -> "203.0.113.7"));
		RedisSession phone = one.logIn("ann");
		SessionRequest.bind(new SessionRequest(() -> "laptop", () -> null));
		RedisSession laptop = one.logIn("ann");
		SessionRequest.bind(before);
		one.logIn("bob");
		assertThat(one.users.of("ann")).satisfiesExactly((first) -> {
			assertThat(first.handle()).isEqualTo(one.users.handleOf(phone.getId())).doesNotContain(phone.getId());
			assertThat(first.device()).isEqualTo("device of phone");
			assertThat(first.address()).isEqualTo("203.0.113.7");
			assertThat(first.created().toEpochMilli()).isEqualTo(phone.getCreationTime().toEpochMilli());
			assertThat(first.lastSeen()).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
		}, (second) -> {
			assertThat(second.handle()).isEqualTo(one.users.handleOf(laptop.getId()));
			assertThat(second.device()).isEqualTo("device of laptop");
			assertThat(second.address()).isEqualTo("unknown");
		});
		assertThat(one.users.of("nobody")).isEmpty();
	}

	@Test
	void aSessionIsRevokedByItsUserOnly() {
		SessionInstance one = instance(0, OnExceed.EXPIRE_OLDEST);
		RedisSession session = one.logIn("ann");
		String handle = one.users.handleOf(session.getId());
		assertThat(one.users.revoke("bob", handle)).isFalse();
		assertThat(one.users.revoke("ann", session.getId())).isFalse();
		assertThat(one.users.revoke("ann", "*")).isFalse();
		assertThat(one.servlet.findById(session.getId())).isNotNull();
		assertThat(one.users.revoke("ann", handle)).isTrue();
		assertThat(one.users.revoke("ann", handle)).isFalse();
		assertThat(one.servlet.findById(session.getId())).isNull();
		assertThat(this.server.commands().keys("*")).isEmpty();
		assertThat(one.events).containsExactly("created", "ended: REVOKED");
	}

	@Test
	@SuppressWarnings("NullAway")
	void whoIsNobodyRevokesNothing() {
		SessionInstance one = instance(0, OnExceed.EXPIRE_OLDEST);
		RedisSession session = one.logIn("ann");
		RedisSession guest = one.servlet.createSession();
		one.servlet.save(guest);
		for (RedisSession some : List.of(session, guest)) {
			String handle = one.users.handleOf(some.getId());
			assertThatNullPointerException().isThrownBy(() -> one.users.revoke(null, handle));
			assertThat(one.users.revoke("", handle)).isFalse();
			assertThat(one.servlet.findById(some.getId())).isNotNull();
		}
		assertThatNullPointerException().isThrownBy(() -> one.users.revokeAll(null));
	}

	@Test
	void allSessionsOrAllOthersCanBeRevoked() {
		SessionInstance one = instance(0, OnExceed.EXPIRE_OLDEST);
		RedisSession current = one.logIn("ann");
		IntStream.range(0, 4).forEach((i) -> one.logIn("ann"));
		one.logIn("bob");
		assertThat(one.users.revokeOthers("ann", current.getId())).isEqualTo(4);
		assertThat(one.users.of("ann")).extracting(UserSession::handle)
			.containsExactly(one.users.handleOf(current.getId()));
		assertThat(one.users.revokeAll("ann")).isOne();
		assertThat(one.users.revokeAll("ann")).isZero();
		assertThat(one.servlet.findById(current.getId())).isNull();
		assertThat(one.users.of("bob")).hasSize(1);
	}

	@Test
	void anAttributeOfAllSessionsOfAUserCanBeRefreshed() {
		SessionInstance one = instance(0, OnExceed.EXPIRE_OLDEST);
		RedisSession first = one.logIn("ann");
		RedisSession second = one.logIn("ann");
		RedisSession other = one.logIn("bob");
		assertThat(one.users.refresh("ann", "roles", "admin")).isEqualTo(2);
		for (RedisSession session : List.of(first, second)) {
			assertThat(one.servlet.findById(session.getId()).<String>getAttribute("roles")).isEqualTo("admin");
		}
		assertThat(one.servlet.findById(other.getId()).<String>getAttribute("roles")).isNull();
	}

	@Test
	void aUserMayHaveVeryManySessions() {
		int count = Integer.getInteger("rediskit.test.session.of-one-user", 500);
		SessionInstance before = instance(0, OnExceed.EXPIRE_OLDEST);
		together(count, (i) -> before.logIn("ann"));
		SessionInstance one = instance(0, OnExceed.EXPIRE_OLDEST);
		assertThat(one.users.of("ann")).hasSize(count);
		assertThat(one.users.refresh("ann", "roles", "admin")).isEqualTo(count);
		assertThat(one.servlet.findByPrincipalName("ann")).hasSize(count);
		SessionInstance limited = instance(count / 2, OnExceed.EXPIRE_OLDEST);
		RedisSession last = limited.logIn("ann");
		assertThat(one.users.of("ann")).hasSize(count / 2);
		assertThat(one.users.revokeOthers("ann", last.getId())).isEqualTo(count / 2 - 1);
		assertThat(this.server.commands().keys("shop:session:sessions:*")).hasSize(1);
		// more at once would not all be answered in time
		assertThat(one.interference.most()).isLessThanOrEqualTo(Waves.SIZE);
		assertThat(limited.interference.most()).isLessThanOrEqualTo(Waves.SIZE);
	}

	@Test
	void theOldestSessionGoesWhenAUserHasTooMany() {
		SessionInstance one = instance(2, OnExceed.EXPIRE_OLDEST);
		RedisSession first = one.logIn("ann");
		RedisSession second = one.logIn("ann");
		first.setMaxInactiveInterval(Duration.ofHours(5)); // it lives longest, and is the
															// oldest
		one.servlet.save(first);
		second.changeSessionId(); // and is no newer log-in for that
		one.servlet.save(second);
		RedisSession third = one.logIn("ann");
		assertThat(one.servlet.findById(first.getId())).isNull();
		RedisSession fourth = one.logIn("ann");
		assertThat(one.servlet.findById(second.getId())).isNull();
		assertThat(one.users.of("ann")).extracting(UserSession::handle)
			.containsExactly(one.users.handleOf(third.getId()), one.users.handleOf(fourth.getId()));
		assertThat(one.events).filteredOn("ended: PUSHED_OUT"::equals).hasSize(2);
	}

	@Test
	void whoWasPushedOutAndRemovedLeavesTheIndex() {
		SessionInstance one = instance(2, OnExceed.EXPIRE_OLDEST);
		IntStream.range(0, 10).forEach((i) -> one.logIn("ann"));
		assertThat(this.server.commands().zcard("shop:session:users:{ann}")).isEqualTo(2);
		assertThat(this.server.commands().zcard("shop:session:logins:{ann}")).isEqualTo(2);
	}

	@Test
	void whoWasPushedOutAndNotRemovedIsFoundOutAtHisNextUse() {
		SessionInstance one = instance(1, OnExceed.EXPIRE_OLDEST);
		RedisSession first = one.logIn("ann");
		String key = "shop:session:sessions:{" + one.users.handleOf(first.getId()) + "}";
		var fields = this.server.commands().hgetall(key);
		one.logIn("ann");
		// as if whoever pushed it out had died before it was removed
		this.server.commands().hset(key, fields);
		this.server.commands().pexpire(key, 60_000);
		String handle = one.users.handleOf(first.getId());
		this.server.commands().zadd("shop:session:users:{ann}", System.currentTimeMillis() + 60_000, handle);
		this.server.commands().zadd("shop:session:logins:{ann}", -1, handle);
		assertThat(one.users.of("ann")).hasSize(1);
		one.use(first.getId());
		assertThat(one.servlet.findById(first.getId())).isNull();
		assertThat(one.users.of("ann")).hasSize(1);
	}

	@Test
	void aLostIndexHealsWhereSessionsAreUsed() {
		SessionInstance one = instance(2, OnExceed.EXPIRE_OLDEST);
		List<RedisSession> sessions = List.of(one.logIn("ann"), one.logIn("ann"));
		this.server.commands().del("shop:session:users:{ann}", "shop:session:logins:{ann}");
		assertThat(one.users.of("ann")).isEmpty();
		for (RedisSession session : sessions) {
			this.server.commands()
				.pexpire("shop:session:sessions:{" + one.users.handleOf(session.getId()) + "}", 60_000);
			one.use(session.getId());
		}
		assertThat(one.users.of("ann")).hasSize(2);
		assertThat(one.users.revokeAll("ann")).isEqualTo(2);
	}

	@Test
	void oneMoreIsRefusedWhereItIsToBe() {
		SessionInstance one = instance(2, OnExceed.REFUSE);
		RedisSession first = one.logIn("ann");
		one.logIn("ann");
		RedisSession guest = one.servlet.createSession();
		guest.setAttribute("cart", "lamp");
		one.servlet.save(guest);
		String id = guest.getId();
		guest.changeSessionId();
		guest.setAttribute(USER, "ann");
		guest.setAttribute("cart", "table");
		assertThatExceptionOfType(TooManySessionsException.class).isThrownBy(() -> one.servlet.save(guest))
			.withMessageContaining("2 sessions")
			.satisfies((ex) -> assertThat(ex.most()).isEqualTo(2));
		assertThat(guest.getId()).isEqualTo(id);
		assertThat(guest.<String>getAttribute("cart")).isEqualTo("lamp");
		assertThat(guest.getAttributeNames()).containsExactly("cart");
		one.servlet.save(guest);
		assertThat(one.servlet.findById(id).getAttributeNames()).containsExactly("cart");
		assertThat(one.users.of("ann")).hasSize(2);
		one.servlet.deleteById(first.getId());
		guest.setAttribute(USER, "ann");
		one.servlet.save(guest);
		assertThat(one.users.of("ann")).hasSize(2);
		assertThat(one.events).contains("refused");
	}

	@Test
	void whoNeverHeardOfHisLogInKeepsNobodyOutForLong() {
		SessionInstance one = instance(1, OnExceed.REFUSE);
		RedisSession guest = one.servlet.createSession();
		one.servlet.save(guest);
		guest.changeSessionId();
		guest.setAttribute(USER, "ann");
		one.interference.lose(1);
		assertThatExceptionOfType(SessionUnavailableException.class).isThrownBy(() -> one.servlet.save(guest));
		// he is logged in, and does not know it
		String handle = one.users.handleOf(guest.getId());
		assertThat(this.server.commands().pttl("shop:session:sessions:{" + handle + "}")).isBetween(1L, 15_000L);
		assertThat(this.server.commands().zscore("shop:session:users:{ann}", handle))
			.isLessThan(System.currentTimeMillis() + 15_100);
		assertThatExceptionOfType(TooManySessionsException.class).isThrownBy(() -> one.logIn("ann"));
		later(handle);
		assertThat(one.logIn("ann")).isNotNull();
		assertThat(one.users.of("ann")).hasSize(1);
	}

	/** So much that what was reserved has ended. */
	private void later(String handle) {
		this.server.commands().zadd("shop:session:users:{ann}", System.currentTimeMillis() - 1, handle);
		this.server.commands().del("shop:session:sessions:{" + handle + "}");
	}

	@Test
	void whoChangesHisIdAndNeverHearsOfItKeepsNobodyOutForLong() {
		SessionInstance one = instance(1, OnExceed.REFUSE);
		RedisSession session = one.logIn("ann");
		session.changeSessionId();
		one.interference.lose(1);
		assertThatExceptionOfType(SessionUnavailableException.class).isThrownBy(() -> one.servlet.save(session));
		later(one.users.handleOf(session.getId()));
		assertThat(one.logIn("ann")).isNotNull();
	}

	@Test
	void whoHeardOfHisLogInHasItWhateverBecomesOfItsConfirmation() {
		SessionInstance one = instance(1, OnExceed.REFUSE);
		for (Runnable trouble : List.<Runnable>of(() -> one.interference.lose(2), () -> one.interference.drop(2))) {
			trouble.run();
			RedisSession session = one.logIn("ann");
			assertThat(one.interference.isDone()).isTrue();
			assertThat(one.use(session.getId())).isNotNull();
			String key = "shop:session:sessions:{" + one.users.handleOf(session.getId()) + "}";
			assertThat(this.server.commands().pttl(key)).isGreaterThan(TIMEOUT.toMillis() - 60_000);
			assertThat(this.server.commands().pttl("shop:session:users:{ann}"))
				.isGreaterThan(TIMEOUT.toMillis() - 60_000);
			assertThatExceptionOfType(TooManySessionsException.class).isThrownBy(() -> one.logIn("ann"));
			assertThat(one.users.revokeAll("ann")).isOne();
		}
	}

	@Test
	void aPlaceThatWasTakenBeforeIsTheOneOfTheSession() {
		SessionInstance one = instance(1, OnExceed.REFUSE);
		SessionPlaces places = new SessionPlaces(one.sessions);
		SessionRequest before = SessionRequest.bind(new SessionRequest(() -> null, () -> null));
		try {
			places.take("ann");
			RedisSession session = one.logIn("ann");
			places.take("ann"); // in a session of his own
			SessionRequest.bind(new SessionRequest(() -> null, () -> null));
			assertThatExceptionOfType(TooManySessionsException.class).isThrownBy(() -> places.take("ann"));
			assertThat(one.users.of("ann")).hasSize(1);
			assertThat(one.users.revokeAll("ann")).isOne();
			assertThat(this.server.commands().keys("*")).isEmpty();
			assertThat(one.servlet.findById(session.getId())).isNull();
			places.take("ann"); // and never comes
			SessionRequest.bind(new SessionRequest(() -> null, () -> null));
			assertThatExceptionOfType(TooManySessionsException.class).isThrownBy(() -> places.take("ann"));
			assertThat(this.server.commands().keys("*"))
				.allSatisfy((key) -> assertThat(this.server.commands().pttl(key)).isBetween(1L, 15_000L));
		}
		finally {
			SessionRequest.bind(before);
		}
	}

	@Test
	void nobodyIsRefusedForSessionsThatRedisHasLost() {
		SessionInstance one = instance(1, OnExceed.REFUSE);
		RedisSession lost = one.logIn("ann");
		this.server.commands().del("shop:session:sessions:{" + one.users.handleOf(lost.getId()) + "}");
		RedisSession next = one.logIn("ann");
		assertThat(one.users.of("ann")).extracting(UserSession::handle)
			.containsExactly(one.users.handleOf(next.getId()));
	}

	@Test
	void ofSimultaneousLogInsAsManyStayAsMay() {
		SessionInstance one = instance(3, OnExceed.EXPIRE_OLDEST);
		SessionInstance two = instance(3, OnExceed.EXPIRE_OLDEST);
		for (int round = 0; round < ROUNDS; round++) {
			String user = "user" + round;
			List<RedisSession> sessions = together(100, (i) -> ((i % 2 == 0) ? one : two).logIn(user));
			List<RedisSession> live = sessions.stream()
				.filter((session) -> one.servlet.findById(session.getId()) != null)
				.toList();
			assertThat(live).hasSize(3);
			assertThat(one.users.of(user)).hasSize(3);
			assertThat(this.server.commands().keys("shop:session:sessions:*")).hasSize(3 * (round + 1));
		}
	}

	@Test
	void ofSimultaneousLogInsAsManySucceedAsMay() {
		SessionInstance one = instance(3, OnExceed.REFUSE);
		SessionInstance two = instance(3, OnExceed.REFUSE);
		for (int round = 0; round < ROUNDS; round++) {
			String user = "user" + round;
			AtomicInteger refused = new AtomicInteger();
			together(100, (i) -> {
				try {
					return ((i % 2 == 0) ? one : two).logIn(user);
				}
				catch (TooManySessionsException ex) {
					refused.incrementAndGet();
					return null;
				}
			});
			assertThat(refused).hasValue(97);
			assertThat(one.users.of(user)).hasSize(3);
			assertThat(this.server.commands().keys("shop:session:sessions:*")).hasSize(3 * (round + 1));
		}
	}

	static <T> List<T> together(int count, IntFunction<T> action) {
		ExecutorService threads = Executors.newFixedThreadPool(25);
		try {
			return IntStream.range(0, count)
				.mapToObj((i) -> CompletableFuture.supplyAsync(() -> action.apply(i), threads))
				.toList()
				.stream()
				.map(CompletableFuture::join)
				.toList();
		}
		finally {
			threads.shutdown();
		}
	}

}
