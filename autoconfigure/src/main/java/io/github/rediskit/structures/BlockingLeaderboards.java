package io.github.rediskit.structures;

import java.time.LocalDate;

/**
 * The {@link Leaderboards} for those who may block.
 */
public final class BlockingLeaderboards implements Leaderboards {

	private final AsyncLeaderboards boards;

	/**
	 * Creates the leaderboards.
	 * @param boards what does the work
	 */
	public BlockingLeaderboards(AsyncLeaderboards boards) {
		this.boards = boards;
	}

	@Override
	public Leaderboard board(String name) {
		return new BlockingLeaderboard(this.boards.board(name));
	}

	/**
	 * One of them.
	 */
	private static final class BlockingLeaderboard extends BlockingStandings implements Leaderboard {

		private final AsyncLeaderboard board;

		BlockingLeaderboard(AsyncLeaderboard board) {
			super(board);
			this.board = board;
		}

		@Override
		public void submit(String member, double score) {
			Answers.await(this.board.submit(member, score));
		}

		@Override
		public double increment(String member, double by) {
			return Answers.await(this.board.increment(member, by));
		}

		@Override
		public boolean remove(String member) {
			return Answers.await(this.board.remove(member));
		}

		@Override
		public Standings current(LeaderboardPeriod period) {
			return new BlockingStandings(this.board.current(period));
		}

		@Override
		public Standings past(LeaderboardPeriod period, LocalDate day) {
			return new BlockingStandings(this.board.past(period, day));
		}

		@Override
		public Standings lastDays(int days) {
			return new BlockingStandings(this.board.lastDays(days));
		}

	}

}
