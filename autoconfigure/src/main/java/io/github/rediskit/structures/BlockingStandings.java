package io.github.rediskit.structures;

import java.util.List;
import java.util.Optional;

/**
 * {@link Standings} for those who may block.
 */
class BlockingStandings implements Standings {

	private final AsyncStandings standings;

	BlockingStandings(AsyncStandings standings) {
		this.standings = standings;
	}

	@Override
	public List<Rank> top(int count) {
		return Answers.await(this.standings.top(count));
	}

	@Override
	public List<Rank> page(long offset, int count) {
		return Answers.await(this.standings.page(offset, count));
	}

	@Override
	public Optional<Rank> of(String member) {
		return Answers.await(this.standings.of(member));
	}

	@Override
	public List<Rank> around(String member, int radius) {
		return Answers.await(this.standings.around(member, radius));
	}

	@Override
	public long size() {
		return Answers.await(this.standings.size());
	}

}
