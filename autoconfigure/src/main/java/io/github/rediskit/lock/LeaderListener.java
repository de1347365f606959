package io.github.rediskit.lock;

/**
 * Is told when this instance becomes the leader, and when it is so no more. Calls come
 * one after the other, in a thread of the election. They must return soon: what a leader
 * does all the time belongs in a thread of its own. What they throw changes nothing, and
 * is given to the thread's handler of uncaught exceptions.
 */
public interface LeaderListener {

	/**
	 * This instance is the leader now.
	 * @param leadership the lock; its fence is larger than that of every leader before
	 */
	void granted(LockContext leadership);

	/**
	 * This instance is not the leader any more. It is told before anybody else can be:
	 * when the lock is lost, some time before Redis gives it to others; when the
	 * leadership is given up, before the lock is released.
	 */
	void revoked();

}
