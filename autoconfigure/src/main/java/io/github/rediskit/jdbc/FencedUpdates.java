package io.github.rediskit.jdbc;

import java.util.Map;
import java.util.regex.Pattern;

import io.github.rediskit.lock.LockContext;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Changes rows only for the newest holder of a lock. Each row keeps the largest fence
 * that has changed it, in a column of its own ({@code bigint not null default 0}), and
 * refuses smaller ones. It is the database that decides, so a holder who was paused past
 * the end of its lock changes nothing, whatever it believes.
 *
 * <pre class="code">
 * fencedUpdates.update(lock, "update orders set state = :state, fence = :fence where id = :id and fence &lt;= :fence",
 * 		Map.of("id", id, "state", "PAID"));
 * </pre>
 */
public final class FencedUpdates {

	private static final Pattern SETS = Pattern.compile("(?is)\\bset\\b.*?[^<>!=]=\\s*:fence\\b.*?\\bwhere\\b");

	private static final Pattern COMPARES = Pattern.compile("(?is)\\bwhere\\b.*(<=\\s*:fence\\b|:fence\\s*>=)");

	private final JdbcClient jdbc;

	/**
	 * Creates the guard.
	 * @param jdbc what carries out the updates
	 */
	public FencedUpdates(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Changes rows, unless a later holder of the lock has changed them.
	 * @param lock the lock under which they are changed
	 * @param sql an update that sets a column to {@code :fence} and compares it
	 * {@code <= :fence}
	 * @param parameters the other parameters by name
	 * @return how many rows were changed, at least one
	 * @throws StaleFenceException if none was: those there are have a larger fence
	 * @throws io.github.rediskit.lock.LockLostException if the lock is known to be lost
	 * @throws IllegalArgumentException if the statement does not set or does not compare
	 * the fence
	 */
	public int update(LockContext lock, String sql, Map<String, ? extends @Nullable Object> parameters) {
		if (!SETS.matcher(sql).find() || !COMPARES.matcher(sql).find()) {
			throw new IllegalArgumentException(
					"'%s' does not guard its rows: write 'update … set …, fence = :fence where … and fence <= :fence'"
						.formatted(sql));
		}
		lock.requireHeld();
		int changed = this.jdbc.sql(sql).params(parameters).param("fence", lock.fence()).update();
		if (changed == 0) {
			throw new StaleFenceException(lock.fence(), sql);
		}
		return changed;
	}

}
