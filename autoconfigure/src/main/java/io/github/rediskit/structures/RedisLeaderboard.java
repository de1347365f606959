package io.github.rediskit.structures;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * One leaderboard of {@link RedisLeaderboards}.
 */
final class RedisLeaderboard implements AsyncLeaderboard {

	private static final LuaScript SUBMIT = LuaScript.load(RedisLeaderboard.class, "submit.lua");

	private static final LuaScript REMOVE = LuaScript.load(RedisLeaderboard.class, "remove.lua");

	private final RedisGateway redis;

	private final LeaderboardKeys keys;

	private final LeaderboardSettings settings;

	private final AsyncStandings shown;

	/** The one that is shown comes first. */
	private final List<LeaderboardPeriod> periods;

	RedisLeaderboard(RedisGateway redis, LeaderboardKeys keys, LeaderboardSettings settings) {
		this.redis = redis;
		this.keys = keys;
		this.settings = settings;
		this.shown = current(settings.longest());
		this.periods = new ArrayList<>(settings.periods());
		Collections.reverse(this.periods);
	}

	@Override
	public CompletionStage<@Nullable Void> submit(String member, double score) {
		return changed(this.settings.keep(), member, score).thenAccept((reply) -> {
		});
	}

	@Override
	public CompletionStage<Double> increment(String member, double by) {
		return changed(LeaderboardSettings.Keep.SUM, member, by)
			.thenApply((reply) -> (reply.isEmpty() || reply.get(0) == null) ? by : RedisStandings.score(reply.get(0)));
	}

	private CompletionStage<List<@Nullable Object>> changed(LeaderboardSettings.Keep keep, String member,
			double score) {
		if (!Double.isFinite(score)) {
			throw new IllegalArgumentException(
					"The leaderboard '%s' can't take the score %s: a score is a finite number"
						.formatted(this.keys.name(), score));
		}
		List<byte[]> arguments = new ArrayList<>();
		arguments.add(StructureText.ascii(keep.text()));
		arguments.add(StructureText.ascii(this.settings.order().text()));
		arguments.add(StructureText.ascii(Double.toString(score + 0.0))); // -0 is 0
		arguments.add(StructureText.bounded("member", member));
		arguments.add(StructureText.ascii(this.settings.maxMembers()));
		for (LeaderboardPeriod period : this.periods) {
			arguments.add(StructureText.ascii(this.settings.ttlMillis(period)));
		}
		return this.redis.run(SUBMIT, this.keys.allCurrent(this.periods), arguments.toArray(byte[][]::new));
	}

	@Override
	public CompletionStage<Boolean> remove(String member) {
		return this.redis.run(REMOVE, this.keys.allKept(), StructureText.bounded("member", member))
			.thenApply((reply) -> StructureText.number(reply.get(0)) > 0);
	}

	@Override
	public AsyncStandings current(LeaderboardPeriod period) {
		require(period);
		return new RedisStandings(this.redis, () -> new byte[][] { this.keys.current(period) }, this.settings);
	}

	@Override
	public AsyncStandings past(LeaderboardPeriod period, LocalDate day) {
		require(period);
		byte[][] key = { this.keys.of(period, day) };
		return new RedisStandings(this.redis, () -> key, this.settings);
	}

	@Override
	public AsyncStandings lastDays(int days) {
		require(LeaderboardPeriod.DAILY);
		long most = this.settings.ttlMillis(LeaderboardPeriod.DAILY) / 86_400_000;
		if (days < 1 || days > most) {
			throw new IllegalArgumentException(
					"The leaderboard '%s' can't unite %d days: write 1 to %d, or set ttl.daily to keep more days"
						.formatted(this.keys.name(), days, most));
		}
		return new RedisStandings(this.redis, () -> this.keys.union(days), this.settings);
	}

	private void require(LeaderboardPeriod period) {
		if (!this.settings.periods().contains(period)) {
			throw new IllegalArgumentException("The leaderboard '%s' has no %s boards: add %2$s to its periods"
				.formatted(this.keys.name(), period.text()));
		}
	}

	@Override
	public CompletionStage<List<Rank>> top(int count) {
		return this.shown.top(count);
	}

	@Override
	public CompletionStage<List<Rank>> page(long offset, int count) {
		return this.shown.page(offset, count);
	}

	@Override
	public CompletionStage<Optional<Rank>> of(String member) {
		return this.shown.of(member);
	}

	@Override
	public CompletionStage<List<Rank>> around(String member, int radius) {
		return this.shown.around(member, radius);
	}

	@Override
	public CompletionStage<Long> size() {
		return this.shown.size();
	}

}
