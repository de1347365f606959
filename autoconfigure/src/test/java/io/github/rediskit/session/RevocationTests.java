package io.github.rediskit.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions of a user are revoked while their ids change.
 */
@RedisTest
@Timeout(60)
class RevocationTests {

	private static final int ROUNDS = Integer.getInteger("rediskit.test.session.rounds", 5);

	private final RedisTestServer server = RedisTestServer.shared();

	private final List<SessionInstance> instances = new ArrayList<>();

	@AfterEach
	void close() {
		this.instances.forEach(SessionInstance::close);
	}

	private SessionInstance instance(OnExceed onExceed) {
		SessionInstance instance = new SessionInstance(this.server.uri(),
				SessionInstance.settings(Duration.ofMinutes(30), 9, onExceed));
		this.instances.add(instance);
		return instance;
	}

	private Revocations revocations(OnExceed onExceed) {
		return new Revocations(instance(onExceed), instance(onExceed),
				() -> this.server.commands().keys("shop:session:sessions:*"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4 })
	void whoseIdChangesWhileAllAreRevokedIsRevoked(int step) {
		revocations(OnExceed.EXPIRE_OLDEST).changeWhileAllAreRevoked(step);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	void whoseIdChangesWhileAllOthersAreRevokedIsRevoked(int step) {
		revocations(OnExceed.EXPIRE_OLDEST).changeWhileOthersAreRevoked(step);
	}

	@ParameterizedTest
	@CsvSource({ "1, EXPIRE_OLDEST", "1, REFUSE", "2, REFUSE" })
	void whoIsRevokedWhileHisIdChangesIsRevoked(int step, OnExceed onExceed) {
		revocations(onExceed).revokeWhileAnIdChanges(step);
	}

	@Test
	void whoChangesHisIdAsFastAsHeCanIsRevoked() {
		SessionInstance one = instance(OnExceed.EXPIRE_OLDEST);
		SessionInstance two = instance(OnExceed.EXPIRE_OLDEST);
		for (int round = 0; round < 4 * ROUNDS; round++) {
			String user = "user" + round;
			List<CompletableFuture<Void>> clients = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				String id = one.logIn(user).getId();
				clients.add(CompletableFuture.runAsync(() -> {
					RedisSession session = two.servlet.findById(id);
					while (session != null) {
						session.changeSessionId();
						two.servlet.save(session);
						session = two.servlet.findById(session.getId());
					}
				}));
			}
			one.users.revokeAll(user);
			assertThat(this.server.commands().keys("shop:session:sessions:*")).isEmpty();
			clients.forEach(CompletableFuture::join);
		}
	}

	@Test
	void theRequestThatChangesItsOwnIdAndRevokesAllOthersStays() {
		SessionInstance one = instance(OnExceed.EXPIRE_OLDEST);
		one.logIn("ann");
		String id = one.logIn("ann").getId();
		SessionRequest before = SessionRequest.bind(new SessionRequest(() -> null, () -> null));
		try {
			RedisSession session = one.servlet.findById(id);
			session.changeSessionId();
			assertThat(one.users.revokeOthers("ann", session.getId())).isOne();
			one.servlet.save(session);
			assertThat(one.servlet.findById(session.getId())).isNotNull();
			assertThat(one.users.of("ann")).hasSize(1);
		}
		finally {
			SessionRequest.bind(before);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	void whoseIdChangesWhileAnAttributeIsRefreshedHasIt(int step) {
		SessionInstance one = instance(OnExceed.EXPIRE_OLDEST);
		SessionInstance two = instance(OnExceed.EXPIRE_OLDEST);
		RedisSession request = two.servlet.findById(one.logIn("ann").getId());
		one.logIn("ann");
		one.interference.before(step, () -> {
			request.changeSessionId();
			two.servlet.save(request);
		});
		assertThat(one.users.refresh("ann", "roles", "none")).isBetween(2, 3);
		assertThat(two.servlet.findById(request.getId()).<String>getAttribute("roles")).isEqualTo("none");
	}

}
