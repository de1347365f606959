package io.github.rediskit.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.rediskit.script.KeyScan;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.RedisGatewayListener;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that stops sending commands while Redis does not answer: they fail at once
 * with a {@link RedisUnavailableException}. Meanwhile it asks in the background whether
 * Redis is back, so that no caller has to find out. An error that Redis answers with is
 * an answer.
 */
public final class GuardedGateway implements RedisGateway {

	private static final long PROBE_MILLIS = 100;

	private final RedisGateway redis;

	private final String connection;

	private final CircuitBreaker circuit;

	private final byte[] probeKey;

	private final ScheduledExecutorService timer;

	private final RedisGatewayListener listener;

	private final String refusal;

	GuardedGateway(RedisGateway redis, String connection, CircuitBreaker circuit, byte[] probeKey,
			ScheduledExecutorService timer, RedisGatewayListener listener) {
		this.redis = redis;
		this.connection = connection;
		this.circuit = circuit;
		this.probeKey = probeKey;
		this.timer = timer;
		this.listener = listener;
		this.refusal = "The circuit breaker of the connection '%s' is open, because Redis does not answer"
			.formatted(connection);
	}

	@Override
	public CompletionStage<List<byte @Nullable []>> read(byte[]... keys) {
		return guarded(() -> this.redis.read(keys));
	}

	@Override
	public CompletionStage<List<@Nullable Object>> run(LuaScript script, byte[][] keys, byte[]... arguments) {
		return guarded(() -> this.redis.run(script, keys, arguments));
	}

	@Override
	public boolean isOneSlot(byte[]... keys) {
		return this.redis.isOneSlot(keys);
	}

	@Override
	public CompletionStage<Boolean> write(byte[] key, byte[] value, Duration ttl, boolean onlyIfAbsent) {
		return guarded(() -> this.redis.write(key, value, ttl, onlyIfAbsent));
	}

	@Override
	public CompletionStage<Boolean> expire(byte[] key, Duration ttl) {
		return guarded(() -> this.redis.expire(key, ttl));
	}

	@Override
	public CompletionStage<KeyScan> scan(byte[] pattern, KeyScan.@Nullable Place from) {
		return guarded(() -> this.redis.scan(pattern, from));
	}

	@Override
	public CompletionStage<Long> time() {
		return guarded(this.redis::time);
	}

	@Override
	public CompletionStage<String> append(byte[] stream, long maxLength, byte[]... fieldsAndValues) {
		return guarded(() -> this.redis.append(stream, maxLength, fieldsAndValues));
	}

	@Override
	public CompletionStage<Long> acknowledge(byte[] stream, byte[] group, List<String> ids) {
		return guarded(() -> this.redis.acknowledge(stream, group, ids));
	}

	@Override
	public CompletionStage<@Nullable Void> subscribe(byte[] channel, Consumer<byte[]> listener) {
		return guarded(() -> this.redis.subscribe(channel, listener));
	}

	@Override
	public CompletionStage<Long> publish(byte[] channel, byte[] message) {
		return guarded(() -> this.redis.publish(channel, message));
	}

	@Override
	public CompletionStage<Long> publishSharded(byte[] channel, byte[] message) {
		return guarded(() -> this.redis.publishSharded(channel, message));
	}

	private <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> command) {
		return this.circuit.isOpen() ? CompletableFuture.failedStage(new RedisUnavailableException(this.refusal, null))
				: command.get().whenComplete((reply, failure) -> observe(failure));
	}

	private void observe(@Nullable Throwable failure) {
		Throwable cause = (failure != null) ? LazyConnection.unwrapped(failure) : null;
		if (!(cause instanceof RedisUnavailableException)) {
			answered();
		}
		else if (this.circuit.unanswered()) {
			this.listener.circuitOpened(this.connection, cause);
			probeLater();
		}
	}

	private void answered() {
		if (this.circuit.answered()) {
			this.listener.circuitClosed(this.connection);
		}
	}

	private void probeLater() {
		try {
			this.timer.schedule(this::probe, PROBE_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// the application is stopping
		}
	}

	private void probe() {
		if (this.circuit.isOpen()) {
			asked().whenComplete((reply, failure) -> {
				if (failure != null && LazyConnection.unwrapped(failure) instanceof RedisUnavailableException) {
					probeLater();
				}
				else {
					answered();
				}
			});
		}
	}

	/** Whatever goes wrong here, the circuit does not stay open for ever. */
	private CompletionStage<?> asked() {
		try {
			return this.redis.read(this.probeKey);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

}
