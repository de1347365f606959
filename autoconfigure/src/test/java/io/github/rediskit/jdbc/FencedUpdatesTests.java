package io.github.rediskit.jdbc;

import java.util.Map;

import io.github.rediskit.lock.LockContext;
import io.github.rediskit.lock.LockLostException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Rows and the fences of those who change them.
 */
class FencedUpdatesTests {

	private static final String PAY = "update orders set state = :state, fence = :fence where id = :id and fence <= :fence";

	private final JdbcClient jdbc = JdbcClient
		.create(new DriverManagerDataSource("jdbc:h2:mem:fences-" + System.nanoTime() + ";DB_CLOSE_DELAY=-1"));

	private final FencedUpdates updates = new FencedUpdates(this.jdbc);

	@BeforeEach
	void createTable() {
		this.jdbc.sql("create table orders (id int primary key, state varchar(20), fence bigint not null default 0)")
			.update();
		this.jdbc.sql("insert into orders (id, state) values (1, 'NEW'), (2, 'NEW')").update();
	}

	@AfterEach
	void shutDown() {
		this.jdbc.sql("shutdown").update();
	}

	@Test
	void theSameHolderMayChangeARowAgainAndALaterOneToo() {
		pay(5, "PAID");
		pay(5, "SENT");
		pay(1_790_000_000_000_000L, "DONE");
		assertThat(state(1)).isEqualTo("DONE");
		assertThat(state(2)).isEqualTo("NEW");
	}

	@Test
	void anEarlierHolderIsRefusedAndToldItsFence() {
		pay(6, "PAID");
		assertThatExceptionOfType(StaleFenceException.class).isThrownBy(() -> pay(5, "LATE"))
			.withMessageContainingAll("at most 5", PAY)
			.satisfies((ex) -> assertThat(ex.fence()).isEqualTo(5));
		assertThat(state(1)).isEqualTo("PAID");
	}

	@Test
	void aRowThatIsNotThereIsNotChangedSilently() {
		assertThatExceptionOfType(StaleFenceException.class)
			.isThrownBy(() -> this.updates.update(new Lock(5, true), PAY, Map.of("id", 3, "state", "PAID")))
			.withMessageContaining("there is no such row");
	}

	@Test
	void whoKnowsThatItsLockIsLostDoesNotAskTheDatabase() {
		assertThatExceptionOfType(LockLostException.class)
			.isThrownBy(() -> this.updates.update(new Lock(5, false), PAY, Map.of("id", 1, "state", "PAID")));
		assertThat(state(1)).isEqualTo("NEW");
	}

	@ParameterizedTest
	@ValueSource(strings = { "update orders set state = :state where id = :id",
			"update orders set state = :state where id = :id and fence <= :fence",
			"update orders set state = :state, fence = :fence where id = :id",
			"update orders set state = :state, fence = :fence where id = :id and fence < :fence",
			"update orders set state = :state, fence = :fence where id = :id and fence <= :fences" })
	void aStatementThatGuardsNothingIsRefused(String sql) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.updates.update(new Lock(5, true), sql, Map.of("id", 1, "state", "PAID")))
			.withMessageContainingAll(sql, "fence = :fence where … and fence <= :fence");
	}

	@Test
	void caseLinesAndTheNameOfTheColumnDoNotMatter() {
		assertThat(this.updates.update(new Lock(5, true), """
				UPDATE orders SET fence=:fence,
				  state = :state
				WHERE :fence >= fence AND id = :id
				""", Map.of("id", 1, "state", "PAID"))).isOne();
		assertThat(state(1)).isEqualTo("PAID");
	}

	private void pay(long fence, String state) {
		assertThat(this.updates.update(new Lock(fence, true), PAY, Map.of("id", 1, "state", state))).isOne();
	}

	private String state(int id) {
		return this.jdbc.sql("select state from orders where id = ?").param(id).query(String.class).single();
	}

	/**
	 * A lock as its holder sees it.
	 */
	private record Lock(long fence, boolean isHeld) implements LockContext {

		@Override
		public void onLost(Runnable action) {
		}

		@Override
		public void requireHeld() {
			if (!this.isHeld) {
				throw new LockLostException("order", "was lost");
			}
		}

	}

}
