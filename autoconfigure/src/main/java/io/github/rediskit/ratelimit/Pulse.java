package io.github.rediskit.ratelimit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Tells Redis regularly that this instance lives, and hears how many there are, and which
 * policies were changed. While Redis does not answer, what was heard last stands.
 *
 * <pre>
 * shop:rate-limiter:instances:{shop}   sorted set: ids of instances, when each was heard of
 * shop:rate-limiter:changes:{shop}     hash: what holds instead of the declared policies, and a version
 * </pre>
 */
final class Pulse {

	private static final LuaScript SCRIPT = LuaScript.load(Pulse.class, "pulse.lua");

	private static final LuaScript LEAVE = LuaScript.load(Pulse.class, "leave.lua");

	private static final Duration LIFE_OF_CHANGES = Duration.ofDays(30);

	/** What a stop waits for Redis. */
	private static final long LEAVING_MILLIS = 500;

	private final RedisGateway redis;

	private final byte[][] keys;

	private final byte[] id;

	private final RateLimitPolicies policies;

	private final RateLimitListener listener;

	private final ScheduledExecutorService timer;

	private final Rhythm rhythm;

	private final Set<String> told = new HashSet<>();

	private @Nullable Future<?> beating;

	private CompletionStage<?> last = CompletableFuture.completedStage(null);

	/** Questions are counted, since a late answer must not undo what a later one said. */
	private long asked;

	private long heard;

	private long version;

	private volatile int instances;

	/**
	 * Creates the pulse of an instance.
	 * @param redis the connection
	 * @param keys where its keys lie
	 * @param id a random id of the instance
	 * @param policies what is changed
	 * @param instances how many instances there are until they have been counted
	 * @param listener what is told
	 * @param timer where it beats
	 * @param rhythm how often
	 */
	Pulse(RedisGateway redis, KeySpace keys, String id, RateLimitPolicies policies, int instances,
			RateLimitListener listener, ScheduledExecutorService timer, Rhythm rhythm) {
		this.redis = redis;
		KeyId slot = KeyId.of(keys.namespace());
		this.keys = new byte[][] { keys.family("rate-limiter", "instances").key(slot),
				keys.family("rate-limiter", "changes").key(slot) };
		this.id = Ledger.ascii(id);
		this.policies = policies;
		this.instances = instances;
		this.listener = listener;
		this.timer = timer;
		this.rhythm = rhythm;
	}

	/** How many instances there were when Redis was heard last, at least one. */
	int instances() {
		return this.instances;
	}

	synchronized void start() {
		if (this.beating == null) {
			this.beating = this.timer.scheduleWithFixedDelay(this::beat, 0, this.rhythm.every().toMillis(),
					TimeUnit.MILLISECONDS);
		}
	}

	/** Others need not wait until this instance is missed. */
	synchronized CompletionStage<?> stop() {
		if (this.beating == null) {
			return CompletableFuture.completedStage(null);
		}
		this.beating.cancel(false);
		this.beating = null;
		return this.redis.run(LEAVE, new byte[][] { this.keys[0] }, this.id)
			.toCompletableFuture()
			.orTimeout(LEAVING_MILLIS, TimeUnit.MILLISECONDS)
			.handle((reply, failure) -> null);
	}

	/** A question that is not answered yet is not repeated. */
	private synchronized void beat() {
		if (this.last.toCompletableFuture().isDone()) {
			this.last = ask();
		}
	}

	/**
	 * Changes a policy, and beats.
	 * @param name the name of the policy
	 * @param change what holds instead, or {@code null} for what is declared
	 * @return completed when it holds here
	 */
	CompletionStage<@Nullable Void> change(String name, @Nullable PolicyChange change) {
		return ask(Ledger.ascii(name), Ledger.ascii((change != null) ? change.text() : ""));
	}

	private synchronized CompletionStage<@Nullable Void> ask(byte[]... change) {
		long question = ++this.asked;
		byte[][] arguments = new byte[4 + change.length][];
		arguments[0] = this.id;
		arguments[1] = Ledger.ascii(this.version);
		arguments[2] = Ledger.ascii(this.rhythm.missedAfter().toMillis());
		arguments[3] = Ledger.ascii(LIFE_OF_CHANGES.toMillis());
		System.arraycopy(change, 0, arguments, 4, change.length);
		try {
			return this.redis.run(SCRIPT, this.keys, arguments).thenApply((reply) -> {
				hear(question, reply);
				return null;
			});
		}
		catch (RuntimeException ex) { // the timer would stop
			return CompletableFuture.failedStage(ex);
		}
	}

	private synchronized void hear(long question, List<@Nullable Object> reply) {
		if (question < this.heard) {
			return;
		}
		this.heard = question;
		this.instances = Math.max(1, Math.toIntExact(Tally.number(reply, 0)));
		long version = Tally.number(reply, 1);
		if (version != this.version) {
			change(reply);
			this.version = version;
		}
	}

	private void change(List<@Nullable Object> reply) {
		Map<String, PolicyChange> changes = new HashMap<>();
		for (int i = 2; i + 1 < reply.size(); i += 2) {
			String name = text(reply.get(i));
			String text = text(reply.get(i + 1));
			PolicyChange change = PolicyChange.read(name, text);
			if (change != null) {
				changes.put(name, change);
			}
			else {
				ignored(name, text, "it was written by another release");
			}
		}
		for (String name : this.policies.change(changes)) {
			PolicyChange change = changes.get(name);
			if (change != null) {
				ignored(name, change.text(), "another policy is declared here than where it was changed");
			}
		}
	}

	private void ignored(String name, String text, String reason) {
		if (this.told.add(name + " " + text)) {
			this.listener.changeIgnored(name, reason);
		}
	}

	private static String text(@Nullable Object element) {
		return (element instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : "";
	}

	/**
	 * How often an instance tells that it lives.
	 *
	 * @param every how often
	 * @param missedAfter how long one that is not heard of is still counted
	 */
	record Rhythm(Duration every, Duration missedAfter) {

		static final Rhythm USUAL = new Rhythm(Duration.ofSeconds(1), Duration.ofSeconds(5));

	}

}
