package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.StreamEntry;
import org.jspecify.annotations.Nullable;

/**
 * One consumer of a group, as Redis knows it: what it has, gets, and is done with.
 */
final class RedisGroup {

	private static final LuaScript GROUP = LuaScript.load(RedisGroup.class, "group.lua");

	private static final LuaScript KEEP = LuaScript.load(RedisGroup.class, "keep.lua");

	private static final LuaScript RETRY = LuaScript.load(RedisGroup.class, "retry.lua");

	private static final LuaScript TAKEOVER = LuaScript.load(RedisGroup.class, "takeover.lua");

	private static final LuaScript DEAD = LuaScript.load(RedisGroup.class, "dead.lua");

	private static final LuaScript HANDLED = LuaScript.load(RedisGroup.class, "handled.lua");

	private static final LuaScript SEEN = LuaScript.load(RedisGroup.class, "seen.lua");

	private static final LuaScript LEAVE = LuaScript.load(RedisGroup.class, "leave.lua");

	private static final LuaScript REAP = LuaScript.load(RedisGroup.class, "reap.lua");

	private static final LuaScript SAMPLE = LuaScript.load(RedisGroup.class, "sample.lua");

	/** Up to which lag a server counts that does not know it. */
	private static final int COUNTED_LAG = 1_000;

	/** Which of the figures of a sample is which. */
	private static final int LAG = 0;

	private static final int PENDING = 1;

	private static final int OLDEST_PENDING = 2;

	private static final int LENGTH = 3;

	private static final int OLDEST = 4;

	private static final int DEAD_LETTERS = 5;

	private static final int DELAYED = 6;

	private final RedisGateway redis;

	private final MessageKeys keys;

	private final MessageSettings settings;

	private final boolean queue;

	private final byte[] group;

	private final byte[] consumer;

	private final byte[] handledIds;

	private final ServerTime serverTime = new ServerTime(System::nanoTime);

	/** Is called whenever the server says that there is no such group. */
	private final Runnable gone;

	RedisGroup(RedisGateway redis, MessageKeys keys, MessageSettings settings, boolean queue, String group,
			String consumer) {
		this(redis, keys, settings, queue, bytes(group), bytes(consumer), keys.handledBy(group), () -> {
		});
	}

	private RedisGroup(RedisGateway redis, MessageKeys keys, MessageSettings settings, boolean queue, byte[] group,
			byte[] consumer, byte[] handledIds, Runnable gone) {
		this.redis = redis;
		this.keys = keys;
		this.settings = settings;
		this.queue = queue;
		this.group = group;
		this.consumer = consumer;
		this.handledIds = handledIds;
		this.gone = gone;
	}

	/** The same group, for who wants to know when the server has forgotten it. */
	RedisGroup whenGone(Runnable gone) {
		return new RedisGroup(this.redis, this.keys, this.settings, this.queue, this.group, this.consumer,
				this.handledIds, gone);
	}

	/** Whether a server says that there is no such group, or not even a stream. */
	static boolean isGone(@Nullable Throwable failure) {
		if (failure == null || !(MessagingServices.unwrapped(failure) instanceof RedisReplyException refusal)) {
			return false;
		}
		String said = String.valueOf(refusal.getMessage());
		return said.contains("NOGROUP") || said.contains("no such key") || said.contains("stream key no longer exists");
	}

	byte[] group() {
		return this.group;
	}

	byte[] consumer() {
		return this.consumer;
	}

	byte[] stream() {
		return this.keys.stream();
	}

	/**
	 * Makes the group, unless it is there.
	 * @return whether it was not
	 */
	CompletionStage<Boolean> create(boolean fromOldest) {
		return run(GROUP, bytes(fromOldest ? "0" : "$")).thenApply((reply) -> amount(reply, 0) == 1);
	}

	/** Says that the consumer still has these; the answer is which it has not. */
	CompletionStage<Set<String>> keep(List<String> ids) {
		return run(KEEP, withIds(ids)).thenApply((lost) -> {
			Set<String> result = new HashSet<>();
			lost.forEach((id) -> result.add(text(id)));
			return result;
		});
	}

	CompletionStage<List<Delivery>> retry(List<String> ids) {
		return run(RETRY, withIds(ids)).thenApply(RedisGroup::deliveries);
	}

	/** Entries of others, and those of its own that were forgotten. */
	CompletionStage<List<Delivery>> takeOver(Duration silence, Duration ownSilence, int most) {
		long last = this.serverTime.in(silence.dividedBy(2));
		return run(TAKEOVER, this.consumer, number(silence.toMillis()), number(ownSilence.toMillis()), number(most),
				number(last))
			.thenApply((reply) -> {
				this.serverTime.is(amount(reply, 0));
				return deliveries(reply.subList(1, reply.size()));
			});
	}

	/**
	 * Moves an entry to the dead letters.
	 * @return whether the consumer still had it
	 */
	CompletionStage<Boolean> bury(String id, List<byte[]> fields) {
		List<byte[]> arguments = new ArrayList<>(List.of(this.consumer, bytes(id),
				number(this.settings.deadLetterMaxLength()), bytes(this.queue ? "1" : "0")));
		arguments.addAll(fields);
		return run(DEAD, new byte[][] { this.keys.stream(), this.keys.dead() }, arguments)
			.thenApply((reply) -> amount(reply, 0) == 1);
	}

	/** A stream without memory needs no script. */
	CompletionStage<?> handled(Collection<Held> messages) {
		if (!this.queue && !remembers()) {
			return this.redis.acknowledge(this.keys.stream(), this.group, messages.stream().map(Held::id).toList());
		}
		List<byte[]> arguments = new ArrayList<>(
				List.of(bytes(this.queue ? "1" : "0"), number(this.settings.idempotency().toMillis())));
		messages.forEach((message) -> {
			arguments.add(bytes(message.id()));
			arguments.add(bytes(message.messageId()));
		});
		return run(HANDLED, new byte[][] { this.keys.stream(), this.handledIds }, arguments);
	}

	boolean remembers() {
		return this.settings.idempotency().toMillis() > 0;
	}

	/** For each message, whether it was handled before. */
	CompletionStage<List<Boolean>> seen(List<String> messageIds) {
		byte[][] arguments = messageIds.stream().map(RedisGroup::bytes).toArray(byte[][]::new);
		return this.redis.run(SEEN, new byte[][] { this.handledIds }, arguments)
			.thenApply((reply) -> reply.stream().map((seen) -> Long.valueOf(1).equals(seen)).toList());
	}

	/** Leaves what the consumer still has to others; the answer is how much that is. */
	CompletionStage<Long> leave() {
		return run(LEAVE, this.consumer, number(this.settings.claimIdle().multipliedBy(10).toMillis()))
			.thenApply((reply) -> amount(reply, 0));
	}

	CompletionStage<?> reap(Duration silence) {
		return run(REAP, this.consumer, number(silence.toMillis()));
	}

	CompletionStage<GroupStatus> sample() {
		byte[][] sampled = { this.keys.stream(), this.keys.dead(),
				this.queue ? this.keys.delayed() : this.keys.stream() };
		return run(SAMPLE, sampled, List.of(number(COUNTED_LAG)))
			.thenApply((reply) -> new GroupStatus(Math.max(0, amount(reply, LAG)), amount(reply, PENDING),
					Duration.ofMillis(amount(reply, OLDEST_PENDING)), amount(reply, LENGTH),
					Duration.ofMillis(amount(reply, OLDEST)), amount(reply, DEAD_LETTERS), amount(reply, DELAYED)));
	}

	private CompletionStage<List<@Nullable Object>> run(LuaScript script, byte[]... arguments) {
		return run(script, new byte[][] { this.keys.stream() }, List.of(arguments));
	}

	/** Every script's first argument is the group. */
	private CompletionStage<List<@Nullable Object>> run(LuaScript script, byte[][] keys, List<byte[]> arguments) {
		byte[][] all = new byte[arguments.size() + 1][];
		all[0] = this.group;
		for (int i = 0; i < arguments.size(); i++) {
			all[i + 1] = arguments.get(i);
		}
		return MessagingServices.attempt(() -> this.redis.run(script, keys, all)).whenComplete((reply, failure) -> {
			if (isGone(failure)) {
				this.gone.run();
			}
		});
	}

	private byte[][] withIds(List<String> ids) {
		byte[][] arguments = new byte[ids.size() + 1][];
		arguments[0] = this.consumer;
		for (int i = 0; i < ids.size(); i++) {
			arguments[i + 1] = bytes(ids.get(i));
		}
		return arguments;
	}

	private static List<Delivery> deliveries(List<@Nullable Object> reply) {
		List<Delivery> deliveries = new ArrayList<>(reply.size());
		for (Object element : reply) {
			List<?> parts = (List<?>) element;
			if (parts != null) {
				List<byte[]> fields = new ArrayList<>(parts.size());
				parts.subList(2, parts.size()).forEach((part) -> fields.add((byte[]) part));
				deliveries.add(new Delivery(new StreamEntry(text(parts.get(0)), fields), (Long) parts.get(1)));
			}
		}
		return deliveries;
	}

	private static long amount(List<@Nullable Object> reply, int index) {
		return (reply.get(index) instanceof Long amount) ? amount : 0;
	}

	private static String text(@Nullable Object bytes) {
		return (bytes instanceof byte[] ascii) ? new String(ascii, StandardCharsets.US_ASCII) : "";
	}

	private static byte[] number(long number) {
		return bytes(Long.toString(number));
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * An entry that was delivered.
	 *
	 * @param entry the entry
	 * @param attempt how often, this time included; {@link #OTHERS} or {@link #GONE} if
	 * it was not
	 */
	record Delivery(StreamEntry entry, long attempt) {

		/** Another consumer has it; of those to take over: it is one's own. */
		static final long OTHERS = 0;

		/** The stream has not got it any more. */
		static final long GONE = -1;

	}

}
