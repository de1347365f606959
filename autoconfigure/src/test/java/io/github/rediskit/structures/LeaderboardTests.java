package io.github.rediskit.structures;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.github.rediskit.key.InvalidKeyNameException;
import io.github.rediskit.structures.LeaderboardSettings.Keep;
import io.github.rediskit.structures.LeaderboardSettings.Order;
import io.github.rediskit.testing.MutableClock;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What a leaderboard shows, and what it refuses.
 */
@RedisTest
@Timeout(60)
class LeaderboardTests {

	private static final String ALL_TIME = "shop:leaderboard:game:{game}";

	private final RedisTestServer server = RedisTestServer.shared();

	private final StructuresInstance instance = new StructuresInstance(this.server.uri());

	private final Leaderboard board = this.instance.board("game");

	@AfterEach
	void close() {
		this.instance.close();
	}

	private static LeaderboardSettings settings(Order order, Keep keep, Set<LeaderboardPeriod> periods,
			long maxMembers) {
		return new LeaderboardSettings(order, keep, periods, ZoneOffset.UTC, maxMembers, Map.of(),
				Duration.ofSeconds(5));
	}

	@Test
	void equalScoresShareAPositionAndTheNextOnesAreLeftOut() {
		this.board.submit("ada", 30);
		this.board.submit("bob", 20);
		this.board.submit("cleo", 20);
		this.board.submit("dan", 10);
		assertThat(this.board.top(10)).containsExactly(new Rank("ada", 30, 1), new Rank("cleo", 20, 2),
				new Rank("bob", 20, 2), new Rank("dan", 10, 4));
		assertThat(this.board.of("bob")).contains(new Rank("bob", 20, 2));
		assertThat(this.board.of("eve")).isEmpty();
		assertThat(this.board.page(2, 10)).containsExactly(new Rank("bob", 20, 2), new Rank("dan", 10, 4));
		assertThat(this.board.page(4, 10)).isEmpty();
		assertThat(this.board.page(Long.MAX_VALUE, 10)).isEmpty();
		assertThat(this.board.size()).isEqualTo(4);
	}

	@Test
	void theBetterScoreStays() {
		this.board.submit("ada", 30);
		this.board.submit("ada", 20);
		assertThat(this.board.of("ada")).contains(new Rank("ada", 30, 1));
		this.board.submit("ada", 40);
		assertThat(this.board.of("ada")).contains(new Rank("ada", 40, 1));
		Leaderboard laps = this.instance.board("laps",
				settings(Order.LOWEST, Keep.BEST, Set.of(LeaderboardPeriod.ALL_TIME), 10), Clock.systemUTC());
		laps.submit("ada", 61.5);
		laps.submit("bob", 59.75);
		laps.submit("ada", 63);
		assertThat(laps.top(2)).containsExactly(new Rank("bob", 59.75, 1), new Rank("ada", 61.5, 2));
		laps.submit("ada", 59.5);
		assertThat(laps.of("ada")).contains(new Rank("ada", 59.5, 1));
	}

	@Test
	void aroundAMemberAreThoseNextToItAndFewerAtTheEnds() {
		IntStream.rangeClosed(1, 9).forEach((i) -> this.board.submit("m" + i, i));
		assertThat(this.board.around("m5", 2)).extracting(Rank::member).containsExactly("m7", "m6", "m5", "m4", "m3");
		assertThat(this.board.around("m5", 2)).extracting(Rank::position).containsExactly(3L, 4L, 5L, 6L, 7L);
		assertThat(this.board.around("m9", 2)).extracting(Rank::member).containsExactly("m9", "m8", "m7");
		assertThat(this.board.around("m1", 5_000)).hasSize(9);
		assertThat(this.board.around("m1", 0)).containsExactly(new Rank("m1", 1, 9));
		assertThat(this.board.around("m10", 3)).isEmpty();
	}

	@Test
	void scoresAreAddedAndRemoved() {
		assertThat(this.board.increment("ada", 5)).isEqualTo(5);
		assertThat(this.board.increment("ada", -7.5)).isEqualTo(-2.5);
		assertThat(this.board.remove("ada")).isTrue();
		assertThat(this.board.remove("ada")).isFalse();
		assertThat(this.board.size()).isZero();
		assertThat(this.board.top(3)).isEmpty();
		this.board.increment("ada", Double.MAX_VALUE);
		assertThat(this.board.increment("ada", Double.MAX_VALUE)).isInfinite();
		assertThat(this.board.of("ada")).contains(new Rank("ada", Double.POSITIVE_INFINITY, 1));
		this.board.submit("bob", Double.MIN_VALUE);
		assertThat(this.board.of("bob")).contains(new Rank("bob", Double.MIN_VALUE, 2));
	}

	@Test
	void theWorstLeaveABoardThatIsFull() {
		Leaderboard three = this.instance.board("game",
				settings(Order.HIGHEST, Keep.BEST, Set.of(LeaderboardPeriod.ALL_TIME), 3), Clock.systemUTC());
		IntStream.rangeClosed(1, 9).forEach((i) -> three.submit("m" + i, i));
		three.submit("late", 2);
		assertThat(three.top(10)).extracting(Rank::member).containsExactly("m9", "m8", "m7");
		assertThat(three.increment("late", 1)).isEqualTo(1);
		assertThat(three.of("late")).isEmpty();
	}

	@Test
	void oneScoreCountsForTheDayTheWeekAndAllTime() {
		ZoneId berlin = ZoneId.of("Europe/Berlin");
		LeaderboardSettings settings = new LeaderboardSettings(Order.HIGHEST, Keep.SUM,
				EnumSet.allOf(LeaderboardPeriod.class), berlin, 100, Map.of(), Duration.ofSeconds(5));
		MutableClock clock = new MutableClock(Instant.parse("2027-01-03T22:59:59Z")); // Sunday
		Leaderboard board = this.instance.board("game", settings, clock);
		board.submit("ada", 1);
		assertThat(this.server.commands().keys("*")).containsExactlyInAnyOrder(ALL_TIME,
				"shop:leaderboard-2026-W53:game:{game}", "shop:leaderboard-2027-01-03:game:{game}");
		clock.advance(Duration.ofSeconds(1)); // Monday in Berlin, Sunday in Greenwich
		Standings today = board.current(LeaderboardPeriod.DAILY);
		assertThat(today.top(1)).isEmpty();
		board.submit("ada", 2);
		assertThat(this.server.commands().keys("*")).hasSize(5)
			.contains("shop:leaderboard-2027-W01:game:{game}", "shop:leaderboard-2027-01-04:game:{game}");
		assertThat(today.of("ada")).contains(new Rank("ada", 2, 1));
		assertThat(board.current(LeaderboardPeriod.WEEKLY).of("ada")).contains(new Rank("ada", 2, 1));
		assertThat(board.of("ada")).contains(new Rank("ada", 3, 1));
		LocalDate sunday = LocalDate.of(2027, 1, 3);
		assertThat(board.past(LeaderboardPeriod.DAILY, sunday).of("ada")).contains(new Rank("ada", 1, 1));
		assertThat(board.past(LeaderboardPeriod.WEEKLY, sunday).of("ada")).contains(new Rank("ada", 1, 1));
		assertThat(board.lastDays(1).of("ada")).contains(new Rank("ada", 2, 1));
		assertThat(board.lastDays(8).of("ada")).contains(new Rank("ada", 3, 1));
		assertThat(board.remove("ada")).isTrue();
		assertThat(this.server.commands().keys("*")).containsOnly("shop:leaderboard-2027-01-04-last-1:game:{game}",
				"shop:leaderboard-2027-01-04-last-8:game:{game}");
	}

	@Test
	void aUnionIsKeptForAMomentAndMadeAnew() {
		Leaderboard board = this.instance.board("game", new LeaderboardSettings(Order.HIGHEST, Keep.BEST,
				Set.of(LeaderboardPeriod.DAILY), ZoneOffset.UTC, 100, Map.of(), Duration.ofSeconds(1)),
				Clock.systemUTC());
		assertThat(board.lastDays(7).size()).isZero();
		board.submit("ada", 1);
		assertThat(board.lastDays(7).size()).isEqualTo(1);
		board.submit("bob", 2);
		await().untilAsserted(() -> assertThat(board.lastDays(7).top(2)).containsExactly(new Rank("bob", 2, 1),
				new Rank("ada", 1, 2)));
	}

	@Test
	void everyBoardLivesOnForItsTime() {
		Leaderboard board = this.instance.board("game",
				settings(Order.HIGHEST, Keep.BEST, EnumSet.allOf(LeaderboardPeriod.class), 100), Clock.systemUTC());
		board.submit("ada", 1);
		board.lastDays(7).top(1);
		Map<String, Duration> expected = Map.of(ALL_TIME, Duration.ofDays(400), "W", Duration.ofDays(35), "last",
				Duration.ofSeconds(5), "-", Duration.ofDays(8));
		for (String key : this.server.commands().keys("*")) {
			String kind = key.equals(ALL_TIME) ? key : key.contains("-W") ? "W" : key.contains("last") ? "last" : "-";
			long most = expected.get(kind).toMillis();
			assertThat(this.server.commands().pttl(key)).as(key).isBetween(most * 9 / 10 - 2_000, most);
		}
		assertThat(this.server.commands().keys("*")).hasSize(4);
		this.server.commands().pexpire(ALL_TIME, 50_000);
		board.top(1);
		assertThat(this.server.commands().pttl(ALL_TIME)).isLessThanOrEqualTo(50_000);
		board.submit("ada", 0); // no better, but the board is in use
		assertThat(this.server.commands().pttl(ALL_TIME)).isGreaterThan(50_000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a:b", "{x}", "a b", "日本語", "\uD83D\uDE00", "'1'", "\u0000\n", "~sha256-0" })
	void oddMembersComeBackAsTheyAre(String member) {
		this.board.submit(member, 1);
		assertThat(this.board.top(1)).containsExactly(new Rank(member, 1, 1));
		assertThat(this.board.of(member)).isPresent();
		assertThat(this.board.remove(member)).isTrue();
	}

	@Test
	void whatCannotBeMeantIsRefusedWithASentence() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.submit("", 1)).withMessageContaining("empty");
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.submit("ü".repeat(257), 1))
			.withMessage("A member of 514 bytes is too long: use an id or a name of at most 512 bytes");
		this.board.submit("ü".repeat(256), 1);
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.submit("\uD83D", 1))
			.withMessageContaining("surrogate");
		for (double score : new double[] { Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY }) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.board.submit("ada", score))
				.withMessageContaining("'game'")
				.withMessageContaining("finite number");
			assertThatIllegalArgumentException().isThrownBy(() -> this.board.increment("ada", score));
		}
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.top(0))
			.withMessage("The count is 0: write 1 to 10000, and go on with the next page for more");
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.top(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.top(10_001));
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.page(-1, 1)).withMessageContaining("write 0");
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.around("ada", -1));
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.around("ada", 5_001))
			.withMessageContaining("radius");
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.current(LeaderboardPeriod.DAILY))
			.withMessage("The leaderboard 'game' has no daily boards: add daily to its periods");
		assertThatIllegalArgumentException().isThrownBy(() -> this.board.lastDays(7)).withMessageContaining("daily");
		Leaderboard daily = this.instance.board("game",
				settings(Order.HIGHEST, Keep.BEST, Set.of(LeaderboardPeriod.DAILY), 3), Clock.systemUTC());
		assertThatIllegalArgumentException().isThrownBy(() -> daily.lastDays(9)).withMessageContaining("ttl.daily");
		assertThatIllegalArgumentException().isThrownBy(() -> daily.lastDays(0));
		assertThatExceptionOfType(InvalidKeyNameException.class).isThrownBy(() -> this.instance.board("a:b"));
	}

	@Test
	void aBoardOfManyMembersIsReadInTheMiddle() {
		int members = Integer.getInteger("rediskit.test.leaderboard-members", 20_000);
		AsyncLeaderboard board = new RedisLeaderboards(this.instance.redis, StructuresInstance.SHOP, Map.of(),
				Clock.systemUTC())
			.board("game");
		for (int start = 0; start < members; start += 5_000) {
			CompletableFuture
				.allOf(IntStream.range(start, start + 5_000)
					.mapToObj((i) -> board.submit("member-" + i, i / 2).toCompletableFuture())
					.toArray(CompletableFuture<?>[]::new))
				.join();
		}
		assertThat(this.board.size()).isEqualTo(members);
		int middle = members / 2;
		List<Rank> around = this.board.around("member-" + middle, 1);
		assertThat(around).containsExactly(new Rank("member-" + (middle + 1), middle / 2, members - middle - 1),
				new Rank("member-" + middle, middle / 2, members - middle - 1),
				new Rank("member-" + (middle - 1), middle / 2 - 1, members - middle + 1));
		assertThat(this.board.page(members - 2, 10)).extracting(Rank::position).containsOnly((long) members - 1);
		assertThat(this.board.top(10_000)).hasSize(10_000);
	}

}
