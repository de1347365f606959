package io.github.rediskit.lock;

import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One leader at most, and who was it knows before the next one does.
 */
@RedisTest
@Timeout(60)
class LeaderElectionTests {

	private static final LockRequest LEADER = LockRequest.of("leader").withRenewedLease(Duration.ofSeconds(1));

	private final RedisTestServer server = RedisTestServer.shared();

	private final LockInstance one = new LockInstance(this.server.uri());

	private final LockInstance two = new LockInstance(this.server.uri());

	private final List<String> news = new CopyOnWriteArrayList<>();

	private final AtomicInteger leaders = new AtomicInteger();

	private final AtomicInteger tooMany = new AtomicInteger();

	@AfterEach
	void close() {
		this.one.close();
		this.two.close();
	}

	@Test
	void theLeadershipGoesOnWhenItsHolderResignsOrLeaves() {
		LeaderElection first = this.one.locks.elect(LEADER, new Candidate("one"));
		await().until(first::isLeader);
		LeaderElection second = this.two.locks.elect(LEADER, new Candidate("two"));
		await().until(() -> this.two.async.isWaiting(LEADER));
		assertThat(second.isLeader()).isFalse();
		first.resign();
		await().until(second::isLeader);
		await().until(() -> this.one.async.isWaiting(LEADER));
		second.close();
		assertThat(second.isLeader()).isFalse();
		await().until(first::isLeader);
		first.close();
		assertThat(this.news).containsExactly("one granted", "one revoked", "two granted", "two revoked", "one granted",
				"one revoked");
		assertThat(this.tooMany.get()).isZero();
		await().until(() -> this.one.async.isIdle() && this.two.async.isIdle());
	}

	@Test
	void whoeverResignsDoesNotComeBeforeOneWhoHearsNothing() {
		try (LockInstance deaf = new LockInstance(this.server.uri(), LockSettings.DEFAULTS, Deaf::new)) {
			LeaderElection first = this.one.locks.elect(LEADER, new Candidate("one"));
			await().until(first::isLeader);
			LeaderElection second = deaf.locks.elect(LEADER, new Candidate("deaf"));
			await().until(() -> deaf.async.isWaiting(LEADER));
			first.resign();
			await().until(second::isLeader);
			assertThat(this.news).containsExactly("one granted", "one revoked", "deaf granted");
			first.close();
			second.close();
		}
	}

	@Test
	void aLeadershipThatIsLostIsRevokedAndStoodForAgain() {
		LeaderElection election = this.one.locks.elect(LEADER, new Candidate("one"));
		await().until(election::isLeader);
		assertThat(this.two.locks.forceRelease(LEADER)).isTrue();
		await().until(() -> this.news.size() >= 3);
		assertThat(this.news).containsExactly("one granted", "one revoked", "one granted");
		election.close();
	}

	@Test
	void whatAListenerThrowsIsSeenAndEndsNoElection() {
		UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
		List<String> seen = new CopyOnWriteArrayList<>();
		Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> seen.add(String.valueOf(failure.getMessage())));
		try {
			LeaderElection election = this.one.locks.elect(LEADER, new LeaderListener() {

				@Override
				public void granted(LockContext leadership) {
					throw new IllegalStateException("no work");
				}

				@Override
				public void revoked() {
					throw new IllegalStateException("no end");
				}

			});
			await().dontCatchUncaughtExceptions().until(() -> seen.contains("no work"));
			assertThat(election.isLeader()).isTrue();
			election.close();
			assertThat(seen).containsExactly("no work", "no end");
			this.two.locks.acquire(LEADER).close();
		}
		finally {
			Thread.setDefaultUncaughtExceptionHandler(before);
		}
	}

	@Test
	void aCandidateWhoLeavesIsNoLeaderLater() {
		HeldLock other = this.one.locks.acquire(LEADER);
		LeaderElection election = this.two.locks.elect(LEADER, new Candidate("two"));
		election.close();
		other.close();
		try (HeldLock again = this.one.locks.acquire(LEADER)) {
			assertThat(again.isHeld()).isTrue();
		}
		assertThat(this.news).isEmpty();
		assertThat(this.two.async.isIdle()).isTrue();
	}

	private final class Candidate implements LeaderListener {

		private final String name;

		Candidate(String name) {
			this.name = name;
		}

		@Override
		public void granted(LockContext leadership) {
			LeaderElectionTests.this.tooMany.addAndGet(LeaderElectionTests.this.leaders.getAndIncrement());
			LeaderElectionTests.this.news.add(this.name + " granted");
		}

		@Override
		public void revoked() {
			LeaderElectionTests.this.leaders.decrementAndGet();
			LeaderElectionTests.this.news.add(this.name + " revoked");
		}

	}

}
