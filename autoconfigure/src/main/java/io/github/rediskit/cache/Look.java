package io.github.rediskit.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.cache.Lookup.Hit;
import io.github.rediskit.cache.Lookup.Miss;
import io.github.rediskit.cache.Lookup.Old;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * What a caller found that only looks. If it wants to load the value itself and store it,
 * it draws a ticket first.
 *
 * @param <V> the type of the value
 */
public final class Look<V> {

	private final LeasedCache<?, V> cache;

	private final KeyId id;

	private final Lookup<V> lookup;

	Look(LeasedCache<?, V> cache, KeyId id, Lookup<V> lookup) {
		this.cache = cache;
		this.id = id;
		this.lookup = lookup;
	}

	/**
	 * Whether there is an entry that answers the call.
	 * @return {@code true} if so
	 */
	public boolean isFound() {
		return this.lookup instanceof Hit<V> || isDue();
	}

	/**
	 * Whether it should be loaded again, by one caller.
	 * @return {@code true} if so; then the ticket is void for all others
	 */
	public boolean isDue() {
		return this.lookup instanceof Old<V> old && old.age().answers();
	}

	/**
	 * The value of the entry.
	 * @return the value; {@code null} if that is cached, or nothing is
	 */
	public @Nullable V value() {
		if (this.lookup instanceof Hit<V> hit) {
			return hit.value();
		}
		return (this.lookup instanceof Old<V> old && old.age().answers()) ? old.value() : null;
	}

	/**
	 * The right to store what the caller is going to load. The load must not begin before
	 * the ticket is there.
	 * @return completed with the ticket, which may be void
	 */
	public CompletionStage<StoreTicket<V>> ticket() {
		if (this.lookup instanceof Miss<V> miss && miss.reason() != MissReason.UNAVAILABLE) {
			return this.cache.ticket(this.id, miss.generations(), false);
		}
		if (this.lookup instanceof Old<V> old) {
			return this.cache.ticket(this.id, old.miss().generations(), isDue());
		}
		return CompletableFuture.completedStage(this.cache.noTicket(this.id));
	}

}
