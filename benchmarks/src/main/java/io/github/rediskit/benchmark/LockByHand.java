package io.github.rediskit.benchmark;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.lock.BlockingDistributedLocks;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.lock.LockSettings;
import io.github.rediskit.lock.RedisDistributedLocks;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A lock on Lettuce without a library: our two scripts, with keys and arguments that are
 * made once. They are those that are sent to acquire and to release a lock.
 */
final class LockByHand implements AutoCloseable {

	private final List<Command> commands = new ArrayList<>();

	private final RedisAsyncCommands<byte[], byte[]> redis;

	/**
	 * Records the scripts.
	 * @param name of these locks, which are nobody else's
	 * @param keys how many there are
	 */
	LockByHand(ConfigurableApplicationContext application, String name, int keys) throws Exception {
		this.redis = RateLimitByHand.connection(application).async();
		try (RedisDistributedLocks recorded = new RedisDistributedLocks(recorder(), new KeySpace(null, name),
				LockSettings.DEFAULTS, List.of())) {
			DistributedLocks locks = new BlockingDistributedLocks(recorded);
			for (int key = 0; key < keys; key++) {
				locks.acquire(LockRequest.of("own", key)).close();
			}
		}
		if (this.commands.size() != 2 * keys) {
			throw new IllegalStateException("Not two scripts per lock: " + this.commands.size());
		}
	}

	/** A way to Redis that ends here, where whoever asks gets what it asks for. */
	private RedisGateway recorder() {
		return (RedisGateway) Proxy.newProxyInstance(LockByHand.class.getClassLoader(),
				new Class<?>[] { RedisGateway.class }, (proxy, method, arguments) -> {
					LuaScript script = (LuaScript) arguments[0];
					this.redis.scriptLoad(script.text()).get();
					this.commands.add(new Command(script.sha1(), (byte[][]) arguments[1], (byte[][]) arguments[2]));
					return CompletableFuture.completedStage(List.of(1L, 1L));
				});
	}

	boolean locksAndUnlocks(int key) throws Exception {
		return run(this.commands.get(2 * key)) && run(this.commands.get(2 * key + 1));
	}

	private boolean run(Command command) throws Exception {
		List<Object> reply = this.redis
			.<List<Object>>evalsha(command.sha1(), ScriptOutputType.MULTI, command.keys(), command.arguments())
			.get();
		return reply.get(0).equals(1L);
	}

	@Override
	public void close() {
		this.redis.getStatefulConnection().close();
	}

	/**
	 * What is sent.
	 *
	 * @param sha1 the script
	 * @param keys its keys
	 * @param arguments its arguments
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Command(String sha1, byte[][] keys, byte[][] arguments) {
	}

}
