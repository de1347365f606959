package io.github.rediskit.testing;

import java.util.Arrays;

import org.awaitility.Awaitility;

/**
 * A master and one replica of it, in step.
 *
 * @param master the master
 * @param replica its replica
 */
public record RedisTestReplica(RedisTestServer master, RedisTestServer replica) implements AutoCloseable {

	/**
	 * Start both and wait until the replica follows.
	 * @param arguments more arguments for both
	 */
	public static RedisTestReplica start(String... arguments) {
		RedisTestServer master = RedisTestServer
			.start(and(arguments, "--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"));
		try {
			RedisTestServer replica = RedisTestServer
				.start(and(arguments, "--replicaof", master.host(), Integer.toString(master.port())));
			RedisTestReplica pair = new RedisTestReplica(master, replica);
			pair.awaitLink();
			return pair;
		}
		catch (RuntimeException ex) {
			master.close();
			throw ex;
		}
	}

	private static String[] and(String[] arguments, String... more) {
		String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
		System.arraycopy(more, 0, all, arguments.length, more.length);
		return all;
	}

	/** Wait until the replica is connected to its master. */
	public void awaitLink() {
		Awaitility.await().until(() -> this.replica.info("replication", "master_link_status").equals("up"));
	}

	/** Wait until the replica has everything that was written to the master. */
	public void awaitSync() {
		String offset = this.master.info("replication", "master_repl_offset");
		Awaitility.await()
			.until(() -> Long.parseLong(this.replica.info("replication", "slave_repl_offset")) >= Long
				.parseLong(offset));
	}

	@Override
	public void close() {
		this.replica.close();
		this.master.close();
	}

}
