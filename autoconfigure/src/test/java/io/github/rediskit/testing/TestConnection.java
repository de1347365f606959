package io.github.rediskit.testing;

import java.time.Duration;
import java.util.function.Supplier;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the fixture itself, opened when needed and again after it was closed.
 * All share one client, whose daemon threads end with the JVM.
 *
 * @param <T> the type of keys and values
 */
final class TestConnection<T> implements AutoCloseable {

	static final RedisClient CLIENT = RedisClient.create();

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final RedisCodec<T, T> codec;

	private final Supplier<RedisURI> uri;

	private @Nullable StatefulRedisConnection<T, T> connection;

	TestConnection(RedisCodec<T, T> codec, Supplier<RedisURI> uri) {
		this.codec = codec;
		this.uri = uri;
	}

	synchronized RedisCommands<T, T> sync() {
		StatefulRedisConnection<T, T> connection = this.connection;
		if (connection == null) {
			RedisURI address = this.uri.get();
			address.setTimeout(TIMEOUT);
			connection = CLIENT.connect(this.codec, address);
			this.connection = connection;
		}
		return connection.sync();
	}

	@Override
	public synchronized void close() {
		if (this.connection != null) {
			this.connection.close();
			this.connection = null;
		}
	}

	/** Rules are sent as they stand: Lettuce's own builder knows but some of them. */
	static void aclSetUser(RedisCommands<String, String> commands, String name, String password, String... rules) {
		CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8).add("SETUSER")
			.add(name)
			.add("reset")
			.add("on")
			.add(">" + password);
		for (String rule : rules) {
			arguments.add(rule);
		}
		commands.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments);
	}

}
