package io.github.rediskit.structures;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * {@link Heartbeats} for those who must not block. What can't be meant is thrown at once;
 * everything else is how the stage ends.
 */
public interface AsyncHeartbeats {

	/**
	 * Says that a member is alive.
	 * @param group the group
	 * @param id the member
	 * @param details what others are to know of it
	 * @return completed when Redis knows
	 */
	CompletionStage<@Nullable Void> beat(String group, String id, Map<String, String> details);

	/**
	 * Says that a member is not alive any more.
	 * @param group the group
	 * @param id the member
	 * @return whether it was alive
	 */
	CompletionStage<Boolean> leave(String group, String id);

	/**
	 * Beats for a member until it is closed.
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
	CompletionStage<Map<String, Map<String, String>>> alive(String group);

	/**
	 * How many are alive.
	 * @param group the group
	 * @return their number
	 */
	CompletionStage<Long> count(String group);

	/**
	 * Is told of members that are missed.
	 * @param group the group
	 * @param action is told, in a thread of its own
	 * @return what ends it
	 */
	HeartbeatWatch watch(String group, Consumer<MissedBeatEvent> action);

}
