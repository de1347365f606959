package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.messaging.MessageTracing.Way;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * A queue that is a stream with one group, from which messages are removed when they were
 * handled. Those whose time has not come stand beside it.
 *
 * @param <T> the type of its messages
 */
final class StreamQueue<T> implements RedisQueue<T> {

	private static final LuaScript SEND = LuaScript.load(StreamQueue.class, "send.lua");

	private static final LuaScript DELAY = LuaScript.load(StreamQueue.class, "delay.lua");

	private static final LuaScript SIZE = LuaScript.load(StreamQueue.class, "size.lua");

	private static final byte[] NOTHING = {};

	/** A century; numbers of a script are exact for longer. */
	private static final Duration LONGEST = Duration.ofDays(36_500);

	private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

	private final String name;

	private final Class<T> type;

	private final RedisGateway redis;

	private final MessageKeys keys;

	private final MessageSettings settings;

	private final MessageFormat format;

	private final Supplier<String> ids;

	private final MessageTracing tracing;

	StreamQueue(String name, Class<T> type, RedisGateway redis, MessageKeys keys, MessageSettings settings,
			MessageFormat format, Supplier<String> ids, MessageTracing tracing) {
		this.name = name;
		this.type = type;
		this.redis = redis;
		this.keys = keys;
		this.settings = settings;
		this.format = format;
		this.ids = ids;
		this.tracing = tracing;
	}

	@Override
	public String send(T message) {
		return Answers.await(sendAsync(message));
	}

	@Override
	public String send(T message, Duration delay) {
		return Answers.await(sendAsync(message, delay));
	}

	@Override
	public String send(T message, Instant due) {
		if (due.compareTo(LATEST) > 0) {
			throw tooLate("at " + due);
		}
		return Answers.await(delay(message, NOTHING, number((due.getEpochSecond() < 0) ? 0 : due.toEpochMilli())));
	}

	@Override
	public CompletionStage<String> sendAsync(T message) {
		MessageFormat.require(message, this.name);
		return this.tracing.send(Way.QUEUE, this.name, (travelling) -> send(message, travelling));
	}

	private CompletionStage<String> send(T message, Map<String, String> travelling) {
		List<byte[]> arguments = new ArrayList<>(List.of(number(this.settings.maxLength())));
		arguments.addAll(List.of(written(message, travelling)));
		return this.redis
			.run(SEND, new byte[][] { this.keys.stream(), this.keys.delayed() }, arguments.toArray(byte[][]::new))
			.thenApply((reply) -> new String((byte[]) first(reply), StandardCharsets.US_ASCII));
	}

	@Override
	public CompletionStage<String> sendAsync(T message, Duration delay) {
		if (delay.isZero() || delay.isNegative()) {
			return sendAsync(message);
		}
		if (delay.compareTo(LONGEST) > 0) {
			throw tooLate("in " + delay);
		}
		return delay(message, number(delay.plusNanos(999_999).toMillis()), NOTHING);
	}

	private IllegalArgumentException tooLate(String when) {
		return new IllegalArgumentException(
				("The queue '%s' can't keep a message that is due %s: write at most %d days, "
						+ "or a time before the year 10000")
					.formatted(this.name, when, LONGEST.toDays()));
	}

	private CompletionStage<String> delay(T message, byte[] delay, byte[] due) {
		MessageFormat.require(message, this.name);
		return this.tracing.send(Way.QUEUE, this.name, (travelling) -> delay(message, delay, due, travelling));
	}

	private CompletionStage<String> delay(T message, byte[] delay, byte[] due, Map<String, String> travelling) {
		String id = this.ids.get();
		List<byte[]> arguments = new ArrayList<>(List.of(delay, due, id.getBytes(StandardCharsets.US_ASCII),
				number(this.settings.maxLength()), this.keys.channel()));
		arguments.addAll(List.of(written(message, travelling)));
		return this.redis
			.run(DELAY, new byte[][] { this.keys.stream(), this.keys.delayed(), this.keys.fields() },
					arguments.toArray(byte[][]::new))
			.thenApply((reply) -> {
				first(reply);
				return id;
			});
	}

	private byte[][] written(T message, Map<String, String> travelling) {
		return this.format.write(this.type.cast(message), travelling);
	}

	private Object first(List<@Nullable Object> reply) {
		Object first = reply.isEmpty() ? null : reply.get(0);
		if (first == null) {
			throw new QueueFullException(this.name, this.settings.maxLength());
		}
		return first;
	}

	@Override
	public long size() {
		CompletionStage<Long> size = this.redis.run(SIZE, new byte[][] { this.keys.stream(), this.keys.delayed() })
			.thenApply((reply) -> (Long) first(reply));
		return Answers.await(size);
	}

	@Override
	public long replay() {
		return Answers.await(new Replay(this.redis, this.keys, RedisMessaging.QUEUE_GROUP, 0).all());
	}

	private static byte[] number(long number) {
		return RedisGroup.bytes(Long.toString(number));
	}

}
