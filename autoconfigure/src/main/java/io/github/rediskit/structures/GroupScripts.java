package io.github.rediskit.structures;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of Redis about one group. Its name is the hash tag of its keys.
 */
final class GroupScripts {

	private static final LuaScript BEAT = LuaScript.load(GroupScripts.class, "beat.lua");

	private static final LuaScript ALIVE = LuaScript.load(GroupScripts.class, "alive.lua");

	private static final LuaScript MISSED = LuaScript.load(GroupScripts.class, "missed.lua");

	/** How long a missed member is kept for those who watch. */
	private static final long KEPT_MILLIS = Duration.ofHours(1).toMillis();

	/** How many missed members one is told of at a time. */
	static final int MOST_MISSED = 100;

	private static final int MOST_DETAILS = 8 * 1024;

	private final RedisGateway redis;

	private final String group;

	private final byte[][] keys;

	private final long ttlMillis;

	GroupScripts(RedisGateway redis, KeySpace keys, String group, long ttlMillis) {
		this.redis = redis;
		this.group = group;
		KeyId slot = KeyId.of(group);
		this.keys = new byte[][] { keys.family("heartbeat", group).key(slot),
				keys.family("heartbeat-details", group).key(slot) };
		this.ttlMillis = ttlMillis;
	}

	String group() {
		return this.group;
	}

	long ttlMillis() {
		return this.ttlMillis;
	}

	/** What a beat says, checked. */
	byte[][] said(String id, Map<String, String> details) {
		List<byte[]> arguments = new ArrayList<>();
		arguments.add(StructureText.ascii(this.ttlMillis));
		arguments.add(StructureText.ascii(KEPT_MILLIS));
		arguments.add(StructureText.bounded("heartbeat's id", id));
		int bytes = 0;
		for (Map.Entry<String, String> detail : details.entrySet()) {
			byte[] name = StructureText.utf8("heartbeat's detail", detail.getKey());
			byte[] value = StructureText.utf8("heartbeat's detail", detail.getValue());
			bytes += name.length + value.length;
			arguments.add(name);
			arguments.add(value);
		}
		if (bytes > MOST_DETAILS) {
			throw new IllegalArgumentException(
					"The details of '%s' in the group '%s' have %d bytes: say at most %d bytes of a member"
						.formatted(id, this.group, bytes, MOST_DETAILS));
		}
		return arguments.toArray(byte[][]::new);
	}

	CompletionStage<Boolean> beat(byte[][] said) {
		return this.redis.run(BEAT, this.keys, said).thenApply((reply) -> StructureText.number(reply.get(0)) == 1);
	}

	CompletionStage<Boolean> leave(String id) {
		return this.redis
			.run(BEAT, this.keys, StructureText.ascii(0), StructureText.ascii(KEPT_MILLIS),
					StructureText.bounded("heartbeat's id", id))
			.thenApply((reply) -> StructureText.number(reply.get(0)) == 1);
	}

	CompletionStage<Map<String, Map<String, String>>> alive() {
		return this.redis.run(ALIVE, this.keys, StructureText.ascii("members")).thenApply((reply) -> {
			Map<String, Map<String, String>> members = new TreeMap<>();
			for (int i = 0; i + 1 < reply.size();) {
				Map<String, String> details = details(reply, i + 1);
				members.put(StructureText.text(reply.get(i)), details);
				i += 2 + 2 * details.size();
			}
			return members;
		});
	}

	CompletionStage<Long> count() {
		return this.redis.run(ALIVE, this.keys, StructureText.ascii("count"))
			.thenApply((reply) -> StructureText.number(reply.get(0)));
	}

	/** Removes those that are missed. */
	CompletionStage<List<MissedBeatEvent>> missed() {
		return this.redis.run(MISSED, this.keys, StructureText.ascii(MOST_MISSED)).thenApply((reply) -> {
			List<MissedBeatEvent> events = new ArrayList<>();
			for (int i = 0; i + 2 < reply.size();) {
				Map<String, String> details = details(reply, i + 2);
				events.add(new MissedBeatEvent(this.group, StructureText.text(reply.get(i)), details,
						Duration.ofMillis(StructureText.number(reply.get(i + 1)))));
				i += 3 + 2 * details.size();
			}
			return events;
		});
	}

	/** Their number, then names and values in turn. */
	private static Map<String, String> details(List<@Nullable Object> reply, int at) {
		Map<String, String> details = new TreeMap<>();
		long number = StructureText.number(reply.get(at));
		for (int i = 0; i < number; i++) {
			details.put(StructureText.text(reply.get(at + 1 + 2 * i)), StructureText.text(reply.get(at + 2 + 2 * i)));
		}
		return details;
	}

}
