package io.github.rediskit.structures;

/**
 * Is told what happens to heartbeats, by their groups. Implementations must be quick and
 * must not throw; what they throw is ignored.
 */
public interface HeartbeatListener {

	/**
	 * A member is missed, which this instance is the one to be told.
	 * @param group the group
	 */
	default void missed(String group) {
	}

	/**
	 * A beat of a member that is kept alive failed. The next one follows in time.
	 * @param group the group
	 * @param failure why
	 */
	default void beatFailed(String group, Throwable failure) {
	}

	/**
	 * It could not be found out who is missed. It is tried again; after that, members
	 * have time to be heard of before they are missed.
	 * @param group the group
	 * @param failure why
	 */
	default void watchFailed(String group, Throwable failure) {
	}

	/**
	 * Who was told of a missed member threw an exception. It is not told again.
	 * @param event what it was told
	 * @param failure what it threw
	 */
	default void actionFailed(MissedBeatEvent event, Throwable failure) {
	}

}
