package io.github.rediskit.session;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many sessions come, are used, change their ids and end, and nothing is left of them.
 */
@Timeout(300)
class SessionLoadTests {

	private static final int SESSIONS = Integer.getInteger("rediskit.test.session.count", 1_000);

	@Test
	void noKeyIsEverWithoutATimeToLiveAndNothingIsLeft() {
		try (RedisTestServer server = RedisTestServer.start()) {
			// as managed services give out users, who can't configure anything
			String uri = server.restrictedUser("shop", "secret");
			SessionSettings settings = SessionInstance.settings(Duration.ofSeconds(2), 3, OnExceed.EXPIRE_OLDEST);
			try (SessionInstance one = new SessionInstance(uri, settings);
					SessionInstance two = new SessionInstance(uri, settings)) {
				Set<String> immortal = ConcurrentHashMap.newKeySet();
				AtomicInteger seen = new AtomicInteger();
				CompletableFuture<List<String>> load = CompletableFuture
					.supplyAsync(() -> UserSessionsTests.together(SESSIONS, (i) -> live(i, one, two)));
				while (!load.isDone()) {
					for (String key : server.commands().keys("*")) {
						seen.incrementAndGet();
						if (server.commands().pttl(key) == -1) {
							immortal.add(key);
						}
					}
				}
				assertThat(load.join()).hasSize(SESSIONS);
				assertThat(immortal).isEmpty();
				assertThat(seen).hasValueGreaterThan(100);
				await().until(() -> server.commands().keys("*").isEmpty());
			}
			assertThat(server.commands().configGet("notify-keyspace-events").get("notify-keyspace-events")).isEmpty();
		}
	}

	private static String live(int i, SessionInstance one, SessionInstance two) {
		RedisSession session = one.logIn("user" + i % 100);
		two.use(session.getId());
		session.changeSessionId();
		session.setAttribute("count", i);
		one.servlet.save(session);
		RedisSession read = two.use(session.getId());
		if (read != null) { // else there were three more log-ins meanwhile
			read.setAttribute("cart", "lamp");
			two.servlet.save(read);
		}
		if (i % 10 == 0) {
			two.users.revokeOthers("user" + i % 100, session.getId());
		}
		if (i % 25 == 0) {
			two.servlet.deleteById(session.getId());
		}
		return session.getId();
	}

}
