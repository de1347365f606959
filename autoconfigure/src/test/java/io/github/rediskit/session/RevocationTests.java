package io.github.rediskit.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

	@Test
	void whoseIdChangesWhileAllAreRevokedIsRevoked() {
		Revocations revocations = revocations(OnExceed.EXPIRE_OLDEST);
		IntStream.rangeClosed(1, 4).forEach(revocations::changeWhileAllAreRevoked);
	}

	@Test
	void whoseIdChangesWhileAllOthersAreRevokedIsRevoked() {
		Revocations revocations = revocations(OnExceed.EXPIRE_OLDEST);
		IntStream.rangeClosed(1, 3).forEach(revocations::changeWhileOthersAreRevoked);
	}

	@Test
	void whoIsRevokedWhileHisIdChangesIsRevoked() {
		revocations(OnExceed.EXPIRE_OLDEST).revokeWhileAnIdChanges(1);
		Revocations refusing = revocations(OnExceed.REFUSE);
		IntStream.rangeClosed(1, 2).forEach(refusing::revokeWhileAnIdChanges);
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

	@Test
	void whoseIdChangesWhileAnAttributeIsRefreshedHasIt() {
		SessionInstance one = instance(OnExceed.EXPIRE_OLDEST);
		SessionInstance two = instance(OnExceed.EXPIRE_OLDEST);
		for (int step = 1; step <= 3; step++) {
			String user = "user" + step;
			RedisSession request = two.servlet.findById(one.logIn(user).getId());
			one.logIn(user);
			one.interference.before(step, () -> {
				request.changeSessionId();
				two.servlet.save(request);
			});
			assertThat(one.users.refresh(user, "roles", "none")).as("step %d", step).isBetween(2, 3);
			assertThat(two.servlet.findById(request.getId()).<String>getAttribute("roles")).as("step %d", step)
				.isEqualTo("none");
		}
	}

}
