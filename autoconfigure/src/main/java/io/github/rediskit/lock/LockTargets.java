package io.github.rediskit.lock;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;

/**
 * Where locks lie. All keys of a lock share a slot.
 */
final class LockTargets {

	/** So that an instance that waits for one lock does not hear of all. */
	static final int CHANNELS = 16;

	private static final int MOST_REMEMBERED = 1000;

	private final Map<String, Families> families = new ConcurrentHashMap<>();

	private final RedisGateway redis;

	private final KeySpace keys;

	private final byte[][] channels = new byte[CHANNELS][];

	LockTargets(RedisGateway redis, KeySpace keys) {
		this.redis = redis;
		this.keys = keys;
		Arrays.setAll(this.channels, (i) -> keys.key("channel", "lock-" + i));
	}

	LockTarget of(LockRequest request) {
		Families families = families(request.name());
		if (request.kind() instanceof LockKind.Exclusive) {
			LockKey key = new LockKey(families.lock().key(request.id()));
			return new WholeLock(this.redis, key, families.fence().key(request.id()), channel(key));
		}
		boolean permit = request.kind() instanceof LockKind.Permit;
		LockKey key = new LockKey((permit ? families.permits() : families.readWrite()).key(request.id()));
		return new LockShares(this.redis, key,
				(permit ? families.permitsFence() : families.readWriteFence()).key(request.id()),
				(permit ? families.permitsWaiting() : families.readWriteWaiting()).key(request.id()), channel(key),
				request.kind());
	}

	byte[] channel(LockKey key) {
		return this.channels[channelNumber(key)];
	}

	static int channelNumber(LockKey key) {
		return Math.floorMod(key.hashCode(), CHANNELS);
	}

	byte[] channel(int number) {
		return this.channels[number];
	}

	/** Names are few; if they are not, they are no names. */
	private Families families(String name) {
		Families known = this.families.get(name);
		if (known != null) {
			return known;
		}
		Families families = Families.of(this.keys, name);
		if (this.families.size() < MOST_REMEMBERED) {
			this.families.put(name, families);
		}
		return families;
	}

	private record Families(KeyFamily lock, KeyFamily fence, KeyFamily readWrite, KeyFamily readWriteFence,
			KeyFamily readWriteWaiting, KeyFamily permits, KeyFamily permitsFence, KeyFamily permitsWaiting) {

		static Families of(KeySpace keys, String name) {
			return new Families(keys.family("lock", name), keys.family("lock-fence", name),
					keys.family("lock-rw", name), keys.family("lock-rw-fence", name),
					keys.family("lock-rw-waiting", name), keys.family("lock-permits", name),
					keys.family("lock-permits-fence", name), keys.family("lock-permits-waiting", name));
		}

	}

}
