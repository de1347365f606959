package io.github.rediskit.testing;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MutableClockTests {

	@Test
	void movesOnlyWhenTold() {
		MutableClock clock = new MutableClock(Instant.EPOCH);
		clock.advance(Duration.ofSeconds(3));
		assertThat(clock.millis()).isEqualTo(3_000);
	}

}
