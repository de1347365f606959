package io.github.rediskit.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.SetArgs;

/**
 * An entry of the cache {@code products} as it lies in Redis, where a test makes it older
 * than it is. Its time to live in Redis stays.
 */
record StoredEntry(RedisTestServer server, String id) {

	private static final int CREATED_AT = 20;

	private static final int LOAD_TIME = 28;

	static StoredEntry of(RedisTestServer server, Object id) {
		return new StoredEntry(server, id.toString());
	}

	String key() {
		return "shop:cache:products:{" + this.id + "}";
	}

	String leaseKey() {
		return "shop:cache-lease:products:{" + this.id + "}";
	}

	StoredEntry agedBy(Duration age) {
		return changed((bytes) -> bytes.putLong(CREATED_AT, bytes.getLong(CREATED_AT) - age.toMillis()));
	}

	StoredEntry loadedIn(Duration loadTime) {
		return changed((bytes) -> bytes.putInt(LOAD_TIME, (int) loadTime.toMillis()));
	}

	private StoredEntry changed(Consumer<ByteBuffer> change) {
		byte[] key = key().getBytes(StandardCharsets.UTF_8);
		byte[] entry = this.server.bytes().get(key);
		change.accept(ByteBuffer.wrap(entry));
		this.server.bytes().set(key, entry, SetArgs.Builder.keepttl());
		return this;
	}

	/** Somebody else, who never comes back, holds the lease. */
	StoredEntry leasedByAnother() {
		this.server.commands()
			.set(leaseKey(), "1" + "0123456789abcdef".repeat(2), SetArgs.Builder.px(Duration.ofMinutes(5)));
		return this;
	}

	/** The mark of a load that failed, which is there, stays for the rest of the test. */
	void keepPause() {
		if (!"1x".equals(this.server.commands().get(leaseKey()))
				|| !this.server.commands().pexpire(leaseKey(), Duration.ofMinutes(5))) {
			throw new AssertionError("There is no mark of a failed load");
		}
	}

}
