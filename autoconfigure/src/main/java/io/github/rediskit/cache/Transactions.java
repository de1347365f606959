package io.github.rediskit.cache;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of the callers. What a transaction changes, nobody else sees before it
 * is committed; so its invalidations wait for that, and until then the transaction itself
 * neither reads such an entry nor stores it.
 */
public interface Transactions {

	/** For applications without transactions: every invalidation happens at once. */
	Transactions NONE = new Transactions() {

		@Override
		public boolean defer(String cache, @Nullable KeyId id, Supplier<CompletionStage<Boolean>> invalidation) {
			return false;
		}

		@Override
		public boolean concerns(String cache, KeyId id) {
			return false;
		}

	};

	/**
	 * Puts an invalidation off until the caller's transaction has been committed. If it
	 * is rolled back, the invalidation is forgotten.
	 * @param cache the name of the cache
	 * @param id the key, or {@code null} for more than one
	 * @param invalidation carries it out
	 * @return {@code false} if the caller has no transaction, and nothing was put off
	 */
	boolean defer(String cache, @Nullable KeyId id, Supplier<CompletionStage<Boolean>> invalidation);

	/**
	 * Whether the caller's transaction has put off an invalidation of an entry.
	 * @param cache the name of the cache
	 * @param id the key
	 * @return {@code true} if so
	 */
	boolean concerns(String cache, KeyId id);

}
