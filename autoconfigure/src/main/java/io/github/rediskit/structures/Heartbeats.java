package io.github.rediskit.structures;

import java.util.Map;
import java.util.function.Consumer;

import io.github.rediskit.key.InvalidKeyNameException;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;

/**
 * Who of a group is alive: members that beat, and have not been missed since. All times
 * are those of Redis.
 *
 * <p>
 * A group is a name as in keys (else an {@link InvalidKeyNameException}), an id is text
 * of 1 to 512 bytes in UTF-8. Where a method asks Redis, it takes no longer than the
 * connection's timeout: it throws a {@link RedisUnavailableException} if there is no
 * answer by then, and a {@link RedisReplyException} if Redis refuses.
 */
public interface Heartbeats {

	/**
	 * Says that a member is alive, for the group's time to live from now on.
	 * @param group the group
	 * @param id the member
	 * @param details what others are to know of it: names and values, together at most 8
	 * KB
	 * @throws IllegalArgumentException if the id or the details can't be kept
	 */
	void beat(String group, String id, Map<String, String> details);

	/**
	 * Says that a member is not alive any more. Nobody is told that it is missed.
	 * @param group the group
	 * @param id the member
	 * @return whether it was alive
	 */
	boolean leave(String group, String id);

	/**
	 * Beats for a member, three times in its time to live, from now on until it is closed
	 * or the application stops; then the member leaves. It does not wait for Redis: beats
	 * that fail are told to {@link HeartbeatListener}s, and followed by others.
	 * @param group the group
	 * @param id the member
	 * @param details what others are to know of it
	 * @return what ends it
	 * @throws IllegalStateException if this instance keeps the member alive already
	 */
	Heartbeat keepBeating(String group, String id, Map<String, String> details);

	/**
	 * Who is alive.
	 * @param group the group
	 * @return the details of the members by their ids, in the order of these
	 */
	Map<String, Map<String, String>> alive(String group);

	/**
	 * How many are alive.
	 * @param group the group
	 * @return their number
	 */
	long count(String group);

	/**
	 * Is told of members that are missed. Of all who watch a group, in all instances, one
	 * is told of each, at most once: if its process dies at that moment, nobody is. Who
	 * needs to be certain looks at {@link #alive}. Events come one after the other, no
	 * later than a third of the time to live, and half a minute, after a member is
	 * missed. If Redis was away, members have another time to live to be heard of first.
	 * @param group the group
	 * @param action is told, in a thread of its own
	 * @return what ends it
	 */
	HeartbeatWatch watch(String group, Consumer<MissedBeatEvent> action);

}
