package io.github.rediskit.structures;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import io.github.rediskit.structures.LeaderboardSettings.Keep;
import io.github.rediskit.structures.LeaderboardSettings.Order;
import io.github.rediskit.testing.MutableClock;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Leaderboards against {@link LeaderboardModel}: random operations of few members with
 * few scores, so that there are ties everywhere, over days and weeks.
 */
@RedisTest
@Timeout(120)
class LeaderboardModelTests {

	private static final int OPERATIONS = Integer.getInteger("rediskit.test.leaderboard-operations", 1_000);

	private static final ZoneId ZONE = ZoneId.of("Pacific/Auckland");

	private static final String[] MEMBERS = { "ada", "bob", "{c}", "d:1", "e e", "ü", "日本", "g", "h", "0", "-1", "\"" };

	private final RedisTestServer server = RedisTestServer.shared();

	private final StructuresInstance instance = new StructuresInstance(this.server.uri());

	@AfterEach
	void close() {
		this.instance.close();
	}

	static Stream<Arguments> kinds() {
		return Stream.of(Order.values())
			.flatMap((order) -> Stream.of(Keep.values()).map((keep) -> Arguments.of(order, keep)));
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void everyAnswerIsThatOfTheModel(Order order, Keep keep) {
		Random random = new Random(7);
		Map<LeaderboardPeriod, Duration> ttl = new EnumMap<>(
				Map.of(LeaderboardPeriod.DAILY, Duration.ofDays(30), LeaderboardPeriod.WEEKLY, Duration.ofDays(60)));
		LeaderboardSettings settings = new LeaderboardSettings(order, keep, EnumSet.allOf(LeaderboardPeriod.class),
				ZONE, 9, ttl, Duration.ofMillis(100));
		MutableClock clock = new MutableClock(LocalDateTime.of(2026, 12, 20, 23, 30).atZone(ZONE).toInstant());
		Leaderboard board = this.instance.board("game", settings, clock);
		LeaderboardModel model = new LeaderboardModel(settings);
		int found = 0;
		for (int i = 0; i < OPERATIONS; i++) {
			if (random.nextInt(OPERATIONS / 30) == 0) {
				clock.advance(Duration.ofHours(random.nextInt(30)));
			}
			LocalDate today = LocalDate.ofInstant(clock.instant(), ZONE);
			String member = MEMBERS[random.nextInt(MEMBERS.length)];
			switch (random.nextInt(10)) {
				case 0, 1, 2 -> {
					double score = score(random);
					board.submit(member, score);
					model.submit(today, member, score, keep);
				}
				case 3 -> {
					double score = score(random);
					double sum = board.increment(member, score);
					model.submit(today, member, score, Keep.SUM);
					Double expected = model.of(LeaderboardPeriod.ALL_TIME, today).get(member);
					assertThat(sum).isEqualTo((expected != null) ? expected : score);
				}
				case 4 -> {
					if (random.nextInt(4) == 0) {
						assertThat(board.remove(member)).isEqualTo(model.remove(member));
					}
				}
				case 5 -> {
					if (random.nextInt(20) == 0) {
						this.server.commands().keys("*-last-*").forEach((union) -> this.server.commands().del(union)); // as
																														// if
																														// out
																														// of
																														// date
						int days = 1 + random.nextInt(20);
						assertThat(board.lastDays(days).top(20))
							.isEqualTo(model.page(model.lastDays(today, days), 0, 20));
						assertThat(board.lastDays(days).of(member))
							.isEqualTo(model.of(model.lastDays(today, days), member));
					}
				}
				default -> {
					LeaderboardPeriod period = LeaderboardPeriod.values()[random.nextInt(3)];
					LocalDate day = today.minusDays(random.nextInt(3) * random.nextInt(10));
					Standings standings = (random.nextBoolean() && period == LeaderboardPeriod.ALL_TIME) ? board
							: day.equals(today) ? board.current(period) : board.past(period, day);
					found += check(standings, model, model.of(period, day), member, random);
				}
			}
		}
		assertThat(found).isGreaterThan(OPERATIONS / 4);
		assertThat(this.server.commands().keys("*"))
			.allSatisfy((key) -> assertThat(this.server.commands().pttl(key)).isNotEqualTo(-1)); // a
																									// union
																									// may
																									// be
																									// gone
	}

	private static int check(Standings standings, LeaderboardModel model, Map<String, Double> board, String member,
			Random random) {
		int count = 1 + random.nextInt(12);
		int offset = random.nextInt(12);
		List<Rank> around = standings.around(member, count - 1);
		assertThat(around).isEqualTo(model.around(board, member, count - 1));
		List<Rank> page = standings.page(offset, count);
		assertThat(page).isEqualTo(model.page(board, offset, count));
		assertThat(standings.top(count)).isEqualTo(model.page(board, 0, count));
		assertThat(standings.of(member)).isEqualTo(model.of(board, member));
		assertThat(standings.size()).isEqualTo(board.size());
		return page.size();
	}

	private static double score(Random random) {
		return switch (random.nextInt(20)) {
			case 0 -> random.nextInt(1_000) / 64.0; // exact, in whichever order they are
													// added
			case 1 -> 1e12 + random.nextInt(3);
			case 2 -> -0.0;
			case 3 -> 0.25 * random.nextInt(4);
			default -> random.nextInt(5) - 1;
		};
	}

}
