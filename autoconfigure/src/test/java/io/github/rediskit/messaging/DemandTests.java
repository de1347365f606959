package io.github.rediskit.messaging;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many messages are asked for.
 */
class DemandTests {

	private static final long MEGABYTE = 1 << 20;

	private long now;

	private int later(Demand demand, int here, Duration after) {
		this.now += after.toNanos();
		return demand.more(here, this.now);
	}

	private int grown(Demand demand, int bytesEach) {
		int asked = demand.more(0, this.now);
		for (int i = 0; i < 15; i++) {
			demand.delivered(asked, (long) asked * bytesEach, this.now);
			asked = later(demand, 0, Duration.ofMillis(1));
		}
		return asked;
	}

	@Test
	void whatIsHandledQuicklyIsAskedForInThousandsAndWhatIsSlowOnlyAsItIsHandled() {
		Demand demand = new Demand(4);
		assertThat(grown(demand, 100)).isEqualTo(1_000);
		for (int i = 0; i < 10; i++) {
			demand.delivered(1_000, 100_000, this.now);
			later(demand, 0, Duration.ofMillis(300));
		}
		assertThat(demand.more(0, this.now)).isEqualTo(4);
		assertThat(demand.more(4, this.now)).isZero();
	}

	@Test
	void whatIsLargeIsAskedForInMegabytes() {
		assertThat(grown(new Demand(1), (int) MEGABYTE)).isEqualTo(8);
		assertThat(grown(new Demand(1), (int) (64 * MEGABYTE))).isEqualTo(1);
		assertThat(new Demand(500).more(0, 0)).isEqualTo(500);
	}

	@Test
	void afterNoAnswerHalfAsManyAreAskedForUntilOneComes() {
		Demand demand = new Demand(1);
		int asked = grown(demand, 100);
		for (int expected = 500; expected > 1; expected /= 2) {
			demand.unanswered(asked);
			asked = demand.more(0, this.now);
			assertThat(asked).isBetween(expected / 2, expected);
		}
		for (int i = 0; i < 5; i++) {
			demand.unanswered(asked);
			asked = demand.more(0, this.now);
		}
		assertThat(asked).isEqualTo(1);
		assertThat(grown(demand, 100)).isEqualTo(1_000);
	}

	@Test
	void thoseOfOthersAreBoundedAsWell() {
		Demand demand = new Demand(1);
		grown(demand, 100);
		assertThat(demand.ofOthers(0)).isEqualTo(1_000);
		assertThat(demand.ofOthers(2_000)).isZero();
		demand.delivered(1, 4 * MEGABYTE, this.now);
		assertThat(demand.ofOthers(0)).isEqualTo(2);
	}

}
