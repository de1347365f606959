package io.github.rediskit.structures;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * What is read of one board, or of a union of boards.
 */
final class RedisStandings implements AsyncStandings {

	private static final LuaScript SCRIPT = LuaScript.load(RedisStandings.class, "standings.lua");

	static final int MOST = 10_000;

	/** Longer than any board, and exact in a script. */
	private static final long FARTHEST = 1L << 50;

	private final RedisGateway redis;

	private final Supplier<byte[][]> keys;

	private final LeaderboardSettings settings;

	/**
	 * Creates the standings.
	 * @param redis the connection
	 * @param keys the board as of now, and what it is a union of
	 * @param settings which score is better
	 */
	RedisStandings(RedisGateway redis, Supplier<byte[][]> keys, LeaderboardSettings settings) {
		this.redis = redis;
		this.keys = keys;
		this.settings = settings;
	}

	@Override
	public CompletionStage<List<Rank>> top(int count) {
		return page(0, count);
	}

	@Override
	public CompletionStage<List<Rank>> page(long offset, int count) {
		if (offset < 0) {
			throw new IllegalArgumentException(
					"A page can't begin after %d members: write 0 for the first one".formatted(offset));
		}
		require("count", count, 1, MOST, "go on with the next page");
		return ask("page", StructureText.ascii(Math.min(offset, FARTHEST)), count).thenApply(RedisStandings::ranks);
	}

	@Override
	public CompletionStage<Optional<Rank>> of(String member) {
		return ask("around", StructureText.bounded("member", member), 0)
			.thenApply((reply) -> ranks(reply).stream().findFirst());
	}

	@Override
	public CompletionStage<List<Rank>> around(String member, int radius) {
		require("radius", radius, 0, MOST / 2, "read pages");
		return ask("around", StructureText.bounded("member", member), radius).thenApply(RedisStandings::ranks);
	}

	@Override
	public CompletionStage<Long> size() {
		return ask("size", new byte[0], 0).thenApply((reply) -> StructureText.number(reply.get(0)));
	}

	private static void require(String what, int value, int least, int most, String instead) {
		if (value < least || value > most) {
			throw new IllegalArgumentException(
					"The %s is %d: write %d to %d, and %s for more".formatted(what, value, least, most, instead));
		}
	}

	private CompletionStage<List<@Nullable Object>> ask(String what, byte[] from, int count) {
		return this.redis.run(SCRIPT, this.keys.get(), StructureText.ascii(what),
				StructureText.ascii(this.settings.order().text()), from, StructureText.ascii(count),
				StructureText.ascii(this.settings.keep().union(this.settings.order())),
				StructureText.ascii(this.settings.unionTtl().toMillis()));
	}

	/** Who has the score of the one before shares its position. */
	private static List<Rank> ranks(List<@Nullable Object> reply) {
		List<Rank> ranks = new ArrayList<>();
		long place = reply.isEmpty() ? 0 : StructureText.number(reply.get(0));
		for (int i = 2; i + 1 < reply.size(); i += 2) {
			place++;
			double score = score(reply.get(i + 1));
			long position = place;
			if (ranks.isEmpty()) {
				position = StructureText.number(reply.get(1)) + 1;
			}
			else if (ranks.get(ranks.size() - 1).score() == score) {
				position = ranks.get(ranks.size() - 1).position();
			}
			ranks.add(new Rank(StructureText.text(reply.get(i)), score, position));
		}
		return ranks;
	}

	/** A sum may be infinite. */
	static double score(@Nullable Object element) {
		String text = StructureText.text(element);
		return switch (text) {
			case "inf" -> Double.POSITIVE_INFINITY;
			case "-inf" -> Double.NEGATIVE_INFINITY;
			default -> Double.parseDouble(text);
		};
	}

}
