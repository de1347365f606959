package io.github.rediskit.lock;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Several locks that somebody wants together, each once.
 */
final class LockWishes {

	private final Map<LockKey, LockWish> wishes = new LinkedHashMap<>();

	private final List<LockWish> all;

	/**
	 * Creates the wishes.
	 * @throws IllegalArgumentException if there are none, or one lock is wanted in
	 * different ways, or two permits of a semaphore are
	 */
	LockWishes(List<LockWish> wishes) {
		if (wishes.isEmpty()) {
			throw new IllegalArgumentException("There is no lock to acquire. Give at least one request");
		}
		for (LockWish wish : wishes) {
			LockWish other = this.wishes.putIfAbsent(wish.key(), wish);
			if (other != null && !other.request().equals(wish.request())) {
				throw new IllegalArgumentException("The lock '%s' is wanted twice, in different ways. Ask for it once"
					.formatted(wish.request().name()));
			}
			if (other != null && wish.request().kind() instanceof LockKind.Permit) {
				throw new IllegalArgumentException(
						"Two permits of '%s' are wanted at once, which would be one. Acquire one after the other"
							.formatted(wish.request().name()));
			}
		}
		this.all = List.copyOf(this.wishes.values());
	}

	/** In the order in which they were asked for. */
	List<LockWish> all() {
		return this.all;
	}

	LockWish first() {
		return this.all.get(0);
	}

	LockWish of(LockKey key) {
		LockWish wish = this.wishes.get(key);
		if (wish == null) {
			throw new IllegalArgumentException("Nobody asked for " + key);
		}
		return wish;
	}

	Collection<LockKey> keys() {
		return this.wishes.keySet();
	}

	/** In the order of their keys, which is the same for everybody. */
	Collection<LockWish> inOrder() {
		return new TreeMap<>(this.wishes).values();
	}

	/** All keys in Redis, of all locks. */
	byte[][] redisKeys() {
		return this.all.stream().flatMap((wish) -> wish.target().keys().stream()).toArray(byte[][]::new);
	}

}
