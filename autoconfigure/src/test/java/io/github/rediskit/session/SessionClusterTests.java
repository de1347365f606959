package io.github.rediskit.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.testing.RedisTestCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.session.FindByIndexNameSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Sessions of many slots, and indexes in others.
 */
@Timeout(120)
class SessionClusterTests {

	private static final int ROUNDS = Integer.getInteger("rediskit.test.session.rounds", 3);

	private static final Duration TIMEOUT = Duration.ofMinutes(30);

	private static final String USER = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

	private static RedisTestCluster cluster;

	@BeforeAll
	static void start() {
		cluster = RedisTestCluster.start();
	}

	@AfterAll
	static void stop() {
		cluster.close();
	}

	@BeforeEach
	void empty() {
		cluster.nodes().forEach((node) -> node.commands().flushall());
	}

	private static List<String> keys(String pattern) {
		return cluster.nodes().stream().flatMap((node) -> node.commands().keys(pattern).stream()).toList();
	}

	private static SessionInstance instance(int most, OnExceed onExceed) {
		return SessionInstance.of(cluster, SessionInstance.settings(TIMEOUT, most, onExceed));
	}

	@Test
	void aSessionIsWrittenReadRenamedListedAndEnded() {
		try (SessionInstance one = instance(0, OnExceed.EXPIRE_OLDEST);
				SessionInstance two = instance(0, OnExceed.EXPIRE_OLDEST)) {
			for (int i = 0; i < 20; i++) {
				RedisSession session = one.servlet.createSession();
				session.setAttribute("cart", "lamp");
				session.setAttribute("gone", "soon");
				one.servlet.save(session);
				String former = session.getId();
				session.changeSessionId();
				session.setAttribute(USER, "ann");
				session.removeAttribute("gone");
				one.servlet.save(session);
				assertThat(two.servlet.findById(former)).isNull();
				RedisSession read = two.servlet.findById(session.getId());
				assertThat(read.getAttributeNames()).containsExactlyInAnyOrder("cart", USER);
				read.changeSessionId();
				two.servlet.save(read);
				assertThat(one.users.of("ann")).extracting(UserSession::handle)
					.contains(one.users.handleOf(read.getId()))
					.hasSize(i + 1);
				session.setAttribute("cart", "table");
				one.servlet.save(session); // renamed elsewhere meanwhile
				assertThat(two.servlet.findById(session.getId())).isNull();
			}
			assertThat(keys("*")).hasSize(22)
				.allSatisfy((key) -> assertThat(cluster.nodeOf(key).commands().pttl(key)).isPositive());
			assertThat(two.servlet.findByPrincipalName("ann")).hasSize(20);
			assertThat(one.users.refresh("ann", "note", "hello")).isEqualTo(20);
			assertThat(one.users.revokeAll("ann")).isEqualTo(20);
			assertThat(keys("*")).isEmpty();
		}
	}

	@Test
	void ofSimultaneousLogInsAsManyStayAsMay() {
		try (SessionInstance one = instance(3, OnExceed.EXPIRE_OLDEST);
				SessionInstance two = instance(3, OnExceed.EXPIRE_OLDEST)) {
			for (int round = 0; round < ROUNDS; round++) {
				String user = "user" + round;
				UserSessionsTests.together(100, (i) -> ((i % 2 == 0) ? one : two).logIn(user));
				assertThat(keys("shop:session:sessions:*")).hasSize(3);
				assertThat(one.users.of(user)).hasSize(3);
				assertThat(one.users.revokeAll(user)).isEqualTo(3);
				await().until(() -> keys("shop:session:sessions:*").isEmpty());
			}
			IntStream.range(0, ROUNDS)
				.forEach((round) -> keys("shop:session:*:{user" + round + "}")
					.forEach((key) -> assertThat(cluster.nodeOf(key).commands().pttl(key)).isPositive()));
		}
	}

	@Test
	void ofSimultaneousLogInsAsManySucceedAsMay() {
		try (SessionInstance one = instance(3, OnExceed.REFUSE); SessionInstance two = instance(3, OnExceed.REFUSE)) {
			for (int round = 0; round < ROUNDS; round++) {
				String user = "user" + round;
				AtomicInteger refused = new AtomicInteger();
				UserSessionsTests.together(100, (i) -> {
					try {
						return ((i % 2 == 0) ? one : two).logIn(user);
					}
					catch (TooManySessionsException ex) {
						refused.incrementAndGet();
						return null;
					}
				});
				assertThat(refused).hasValue(97);
				assertThat(keys("shop:session:sessions:*")).hasSize(3);
				assertThat(one.users.revokeAll(user)).isEqualTo(3);
			}
		}
	}

	@Test
	void aRefusedLogInLeavesTheSessionWhatItWas() {
		try (SessionInstance one = instance(1, OnExceed.REFUSE)) {
			one.logIn("ann");
			RedisSession guest = one.servlet.createSession();
			guest.setAttribute("cart", "lamp");
			one.servlet.save(guest);
			String id = guest.getId();
			guest.changeSessionId();
			guest.setAttribute(USER, "ann");
			assertThatExceptionOfType(TooManySessionsException.class).isThrownBy(() -> one.servlet.save(guest));
			assertThat(one.servlet.findById(id).getAttributeNames()).containsExactly("cart");
			assertThat(one.users.revokeAll("ann")).isOne();
			one.servlet.deleteById(id);
		}
	}

	@Test
	void aRequestInFlightDoesNotBringBackWhatHasEnded() {
		try (SessionInstance one = instance(0, OnExceed.EXPIRE_OLDEST)) {
			for (int i = 0; i < 10; i++) {
				RedisSession session = one.logIn("bob");
				RedisSession inFlight = one.servlet.findById(session.getId());
				assertThat(one.users.revokeAll("bob")).isOne();
				inFlight.setAttribute("cart", "lamp");
				inFlight.setMaxInactiveInterval(Duration.ofHours(1)); // touches the
																		// index, too
				one.servlet.save(inFlight);
				assertThat(one.servlet.findById(session.getId())).isNull();
				assertThat(one.users.of("bob")).isEmpty();
				assertThat(keys("shop:session:*")).isEmpty();
			}
		}
	}

	@Test
	void aPlaceThatWasTakenBeforeIsTheOneOfTheSession() {
		try (SessionInstance one = instance(1, OnExceed.REFUSE)) {
			SessionPlaces places = new SessionPlaces(one.sessions);
			SessionRequest before = SessionRequest.bind(new SessionRequest(() -> null, () -> null));
			try {
				RedisSession session = one.servlet.createSession();
				one.servlet.save(session);
				places.take("ann");
				session.changeSessionId();
				session.setAttribute(USER, "ann");
				one.servlet.save(session);
				assertThat(one.users.of("ann")).hasSize(1);
				assertThat(keys("shop:session:users:{ann}"))
					.allSatisfy((key) -> assertThat(cluster.nodeOf(key).commands().pttl(key)).isGreaterThan(60_000));
				SessionRequest.bind(new SessionRequest(() -> null, () -> null));
				assertThatExceptionOfType(TooManySessionsException.class).isThrownBy(() -> places.take("ann"));
				assertThat(one.users.revokeAll("ann")).isOne();
				assertThat(keys("*")).isEmpty();
			}
			finally {
				SessionRequest.bind(before);
			}
		}
	}

	@Test
	void whoseIdChangesWhileAllAreRevokedIsRevoked() {
		try (SessionInstance one = instance(0, OnExceed.EXPIRE_OLDEST);
				SessionInstance two = instance(0, OnExceed.EXPIRE_OLDEST)) {
			Revocations revocations = new Revocations(one, two, () -> keys("shop:session:sessions:*"));
			IntStream.rangeClosed(1, 4).forEach(revocations::changeWhileAllAreRevoked);
			IntStream.rangeClosed(1, 3).forEach(revocations::changeWhileOthersAreRevoked);
		}
	}

	@ParameterizedTest
	@CsvSource({ "3, EXPIRE_OLDEST", "5, REFUSE" })
	void whoIsRevokedWhileHisIdChangesIsRevoked(int steps, OnExceed onExceed) {
		try (SessionInstance one = instance(9, onExceed); SessionInstance two = instance(9, onExceed)) {
			Revocations revocations = new Revocations(one, two, () -> keys("shop:session:sessions:*"));
			IntStream.rangeClosed(1, steps).forEach(revocations::revokeWhileAnIdChanges);
		}
	}

}
