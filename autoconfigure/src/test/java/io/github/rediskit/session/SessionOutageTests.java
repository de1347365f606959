package io.github.rediskit.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.session.SessionSettings.OnFailure;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.testing.TcpProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Redis dies, stands still, and comes back, in the middle of requests.
 */
@Timeout(60)
@MeasuresTime
class SessionOutageTests {

	private static final SessionSettings OPEN = new SessionSettings(Duration.ofMinutes(30), 0, OnExceed.EXPIRE_OLDEST,
			OnFailure.OPEN, SessionSettings.DEFAULTS.maxSize());

	private final RedisTestServer server = RedisTestServer.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void killedInTheMiddleOfARequestItFailsAndTheNextHasANewSession() {
		try (SessionInstance one = new SessionInstance(this.server.uri())) {
			RedisSession session = one.logIn("ann");
			RedisSession request = one.servlet.findById(session.getId());
			this.server.kill();
			request.setAttribute("cart", "lamp");
			assertThatExceptionOfType(SessionUnavailableException.class).isThrownBy(() -> one.servlet.save(request))
				.withMessageNotContaining(session.getId());
			one.servlet.save(request); // as the filter does once more, and it asks nobody
			assertThatExceptionOfType(SessionUnavailableException.class)
				.isThrownBy(() -> one.servlet.findById(session.getId()));
			assertThatExceptionOfType(SessionUnavailableException.class).isThrownBy(() -> one.users.of("ann"));
			assertThatExceptionOfType(SessionUnavailableException.class).isThrownBy(() -> one.users.revokeAll("ann"));
			assertThatExceptionOfType(SessionUnavailableException.class)
				.isThrownBy(() -> one.servlet.deleteById(session.getId()));
			this.server.restart();
			await().ignoreExceptions().untilAsserted(() -> assertThat(one.servlet.findById(session.getId())).isNull());
			assertThat(one.logIn("ann").getId()).isNotEqualTo(session.getId());
		}
	}

	@Test
	void ifItIsToARequestGoesOnWithAnEmptySessionThatIsNeverStored() {
		try (SessionInstance one = new SessionInstance(this.server.uri(), OPEN)) {
			RedisSession session = one.logIn("ann");
			RedisSession request = one.servlet.findById(session.getId());
			this.server.freeze();
			request.setAttribute("cart", "lamp");
			long start = System.nanoTime();
			one.servlet.save(request);
			RedisSession other = one.servlet.findById(session.getId());
			assertThat(Duration.ofNanos(System.nanoTime() - start))
				.isLessThan(SessionInstance.TIMEOUT.multipliedBy(2).plusSeconds(2));
			assertThat(other.getId()).isEqualTo(session.getId());
			assertThat(other.getAttributeNames()).isEmpty();
			other.setAttribute("cart", "table");
			this.server.thaw();
			await().ignoreExceptions().until(() -> one.users.of("ann").size() == 1);
			one.servlet.save(other); // now that it could
			await().until(() -> "ann".equals(one.servlet.findById(session.getId()).storedPrincipal()));
			assertThat(one.servlet.findById(session.getId()).<String>getAttribute("cart")).isNotEqualTo("table");
			assertThat(one.events).contains("saved: FAILED", "failed");
		}
	}

	@Test
	void thatAUseCouldNotBeWrittenIsNoFailure() {
		try (SessionInstance one = new SessionInstance(this.server.uri())) {
			RedisSession session = one.logIn("ann");
			this.server.commands()
				.pexpire("shop:session:sessions:{" + one.users.handleOf(session.getId()) + "}", 60_000);
			RedisSession request = one.servlet.findById(session.getId());
			request.setLastAccessedTime(Instant.now());
			this.server.kill();
			one.servlet.save(request);
			assertThat(one.events).contains("saved: FAILED");
		}
	}

	@Test
	void throughABadNetworkEverybodyHasHisOwnSession() {
		try (TcpProxy proxy = TcpProxy.to(this.server); SessionInstance one = new SessionInstance(proxy.uri(), OPEN)) {
			List<String> ids = IntStream.range(0, 16).mapToObj((i) -> {
				RedisSession session = one.logIn("user" + i);
				session.setAttribute("owner", session.getId());
				one.servlet.save(session);
				return session.getId();
			}).toList();
			AtomicInteger seen = new AtomicInteger();
			long end = System.nanoTime()
					+ Duration.ofMillis(Integer.getInteger("rediskit.test.session.millis", 2_000)).toNanos();
			CompletableFuture<?>[] clients = ids.stream().map((id) -> CompletableFuture.runAsync(() -> {
				for (int i = 0; System.nanoTime() < end; i++) {
					RedisSession session = one.servlet.findById(id);
					if (session != null && !session.getAttributeNames().isEmpty()) {
						assertThat(session.<String>getAttribute("owner")).isEqualTo(id);
						session.setAttribute("count", i);
						one.servlet.save(session);
						seen.incrementAndGet();
					}
				}
			})).toArray(CompletableFuture<?>[]::new);
			while (System.nanoTime() < end) {
				await().pollDelay(Duration.ofMillis(100)).until(() -> true);
				proxy.cut();
			}
			CompletableFuture.allOf(clients).join();
			assertThat(seen).hasPositiveValue();
		}
	}

}
