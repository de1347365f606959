package io.github.rediskit.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.rediskit.script.KeyScan;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * The seam to Redis on one Lettuce connection, which is opened in the background and then
 * repaired by Lettuce, or replaced. It works on a cluster, where each command goes to the
 * master of its keys' slot. A server that has forgotten a script is sent its text.
 */
public final class LettuceGateway implements RedisGateway, AutoCloseable {

	private static final long CLOSE_MILLIS = 500;

	private static final long SCAN_COUNT = 500;

	private final LazyConnection<StatefulConnection<byte[], byte[]>> connection;

	private final LettuceSubscriptions subscriptions;

	/** Whether the server answered that it does not know shards of channels. */
	private volatile boolean withoutShards;

	/**
	 * Creates the gateway. Nothing is opened yet.
	 * @param open opens the connection for commands, without blocking
	 * @param openPubSub opens the connection for subscriptions, without blocking
	 * @param timeout how long a command may wait for a connection being opened
	 */
	public LettuceGateway(Supplier<? extends CompletionStage<StatefulConnection<byte[], byte[]>>> open,
			Supplier<? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> openPubSub,
			Duration timeout) {
		this.connection = new LazyConnection<>(open, timeout);
		this.subscriptions = new LettuceSubscriptions(openPubSub, timeout);
	}

	/**
	 * Starts to open the connection, so that the first command finds it. A failure is not
	 * reported: the next command tries again, and waits for it.
	 */
	public void warmUp() {
		this.connection.warmUp();
	}

	@Override
	public CompletionStage<List<byte @Nullable []>> read(byte[]... keys) {
		return send("MGET", (redis) -> redis.mget(keys), LettuceGateway::values);
	}

	/** Runs on the I/O thread for each hit: no stream. */
	private static List<byte @Nullable []> values(List<KeyValue<byte[], byte[]>> reply) {
		byte @Nullable [][] values = new byte[reply.size()][];
		for (int i = 0; i < values.length; i++) {
			values[i] = reply.get(i).getValueOrElse(null);
		}
		return Arrays.asList(values);
	}

	@Override
	public CompletionStage<List<@Nullable Object>> run(LuaScript script, byte[][] keys, byte[]... arguments) {
		return send(script.name(),
				(redis) -> redis.<List<@Nullable Object>>evalsha(script.sha1(), ScriptOutputType.MULTI, keys, arguments)
					.exceptionallyCompose((failure) -> isNoScript(failure)
							? redis.eval(script.text(), ScriptOutputType.MULTI, keys, arguments)
							: CompletableFuture.failedStage(failure)));
	}

	private static boolean isNoScript(Throwable failure) {
		return LazyConnection.unwrapped(failure) instanceof RedisNoScriptException;
	}

	@Override
	public boolean isOneSlot(byte[]... keys) {
		StatefulConnection<byte[], byte[]> open = this.connection.getIfOpen();
		if (open != null && !(open instanceof StatefulRedisClusterConnection)) {
			return true;
		}
		return Arrays.stream(keys).mapToInt(SlotHash::getSlot).distinct().limit(2).count() <= 1;
	}

	@Override
	public CompletionStage<Boolean> write(byte[] key, byte[] value, Duration ttl, boolean onlyIfAbsent) {
		return send("SET", (redis) -> {
			SetArgs args = SetArgs.Builder.px(ttl);
			return redis.set(key, value, onlyIfAbsent ? args.nx() : args);
		}).thenApply((reply) -> reply != null);
	}

	@Override
	public CompletionStage<Boolean> expire(byte[] key, Duration ttl) {
		return send("PEXPIRE", (redis) -> redis.pexpire(key, ttl));
	}

	/** On a cluster, Lettuce's cursor knows the masters that are still to be visited. */
	@Override
	public CompletionStage<KeyScan> scan(byte[] pattern, KeyScan.@Nullable Place from) {
		ScanCursor cursor = (from instanceof Cursor place) ? place.cursor() : ScanCursor.INITIAL;
		ScanArgs args = ScanArgs.Builder.limit(SCAN_COUNT).match(pattern);
		return send("SCAN", (redis) -> redis.scan(cursor, args), LettuceGateway::keys);
	}

	private static KeyScan keys(KeyScanCursor<byte[]> reply) {
		return new KeyScan(reply.getKeys(), reply.isFinished() ? null : new Cursor(reply));
	}

	@Override
	public CompletionStage<Long> time() {
		return send("TIME", RedisClusterAsyncCommands::time, LettuceGateway::millis);
	}

	/** Seconds, and microseconds of the second. */
	private static Long millis(List<byte[]> reply) {
		return number(reply.get(0)) * 1000 + number(reply.get(1)) / 1000;
	}

	private static long number(byte[] text) {
		return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
	}

	@Override
	public CompletionStage<String> append(byte[] stream, long maxLength, byte[]... fieldsAndValues) {
		XAddArgs args = new XAddArgs().maxlen(maxLength).approximateTrimming();
		return send("XADD", (redis) -> redis.xadd(stream, args, (Object[]) fieldsAndValues));
	}

	@Override
	public CompletionStage<Long> acknowledge(byte[] stream, byte[] group, List<String> ids) {
		return send("XACK", (redis) -> redis.xack(stream, group, ids.toArray(String[]::new)));
	}

	@Override
	public CompletionStage<@Nullable Void> subscribe(byte[] channel, Consumer<byte[]> listener) {
		return translated("SUBSCRIBE", this.subscriptions.subscribe(channel, listener), Function.identity());
	}

	@Override
	public CompletionStage<Long> publish(byte[] channel, byte[] message) {
		return send("PUBLISH", (redis) -> redis.publish(channel, message));
	}

	@Override
	public CompletionStage<Long> publishSharded(byte[] channel, byte[] message) {
		return send("SPUBLISH", (redis) -> {
			if (this.withoutShards || !(redis instanceof RedisAdvancedClusterAsyncCommands)) {
				return redis.publish(channel, message);
			}
			return redis.spublish(channel, message).exceptionallyCompose((failure) -> {
				if (!Shards.areUnknown(LazyConnection.unwrapped(failure))) {
					return CompletableFuture.failedStage(failure);
				}
				this.withoutShards = true;
				return redis.publish(channel, message);
			});
		});
	}

	/**
	 * Opens connections again after {@link #stop()}: the one for subscriptions at once,
	 * if there are any, the other one with the next command.
	 */
	public void start() {
		this.connection.start();
		this.subscriptions.start();
	}

	/**
	 * Closes the connections. Until {@link #start()}, commands fail.
	 * @return completed when they are closed
	 */
	public CompletionStage<?> stop() {
		return CompletableFuture.allOf(this.connection.stop().toCompletableFuture(),
				this.subscriptions.stop().toCompletableFuture());
	}

	/** Waits for a moment, because a client that ends meanwhile closes once more. */
	@Override
	public void close() {
		stop().toCompletableFuture()
			.<@Nullable Object>thenApply((closed) -> null)
			.completeOnTimeout(null, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
			.exceptionally((failure) -> null)
			.join();
	}

	private <T> CompletionStage<T> send(String what,
			Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
		return send(what, command, Function.identity());
	}

	private <R, T> CompletionStage<T> send(String what,
			Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<R>> command, Function<R, T> answer) {
		StatefulConnection<byte[], byte[]> open = this.connection.getIfOpen();
		try {
			return translated(what, (open != null) ? command.apply(commands(open))
					: this.connection.get().thenCompose((opened) -> command.apply(commands(opened))), answer);
		}
		catch (RuntimeException ex) { // a full queue is reported at once
			return CompletableFuture.failedStage(translation(what, ex));
		}
	}

	static RedisClusterAsyncCommands<byte[], byte[]> commands(StatefulConnection<byte[], byte[]> connection) {
		if (connection instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster) {
			return cluster.async();
		}
		return ((StatefulRedisConnection<byte[], byte[]>) connection).async();
	}

	private static <R, T> CompletionStage<T> translated(String what, CompletionStage<R> reply, Function<R, T> answer) {
		return reply.handle((value, failure) -> {
			if (failure != null) {
				throw translation(what, failure);
			}
			return answer.apply(value);
		});
	}

	static RuntimeException translation(String what, Throwable failure) {
		Throwable cause = LazyConnection.unwrapped(failure);
		if (cause instanceof RedisUnavailableException unavailable) {
			return unavailable;
		}
		if (cause instanceof RedisCommandExecutionException) {
			return new RedisReplyException("Redis refused %s: %s".formatted(what, cause.getMessage()), cause);
		}
		return new RedisUnavailableException("No answer from Redis to %s: %s".formatted(what, cause), cause);
	}

	private record Cursor(ScanCursor cursor) implements KeyScan.Place {
	}

}
