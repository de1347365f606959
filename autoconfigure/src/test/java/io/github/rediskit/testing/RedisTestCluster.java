package io.github.rediskit.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lettuce.core.cluster.SlotHash;
import org.awaitility.Awaitility;

/**
 * A cluster of three masters that share all slots evenly.
 *
 * @param nodes the masters, in the order of their slots
 */
public record RedisTestCluster(List<RedisTestServer> nodes) implements AutoCloseable {

	private static final int SIZE = 3;

	/**
	 * Start it and wait until every node says that the cluster is well.
	 * @param arguments more arguments for every node
	 */
	public static RedisTestCluster start(String... arguments) {
		RedisTestCluster cluster = new RedisTestCluster(new ArrayList<>());
		try {
			for (int i = 0; i < SIZE; i++) {
				cluster.nodes.add(startNode(arguments));
			}
			cluster.join();
			return cluster;
		}
		catch (RuntimeException ex) {
			cluster.close();
			throw ex;
		}
	}

	private static RedisTestServer startNode(String... arguments) {
		Path directory = RedisTestServer.newDirectory();
		Stream<String> cluster = Stream.of("--cluster-enabled", "yes", "--cluster-node-timeout", "2000",
				"--cluster-config-file", directory.getFileName() + ".conf");
		return RedisTestServer.start(directory, Stream.concat(cluster, Stream.of(arguments)).toList());
	}

	private void join() {
		for (int i = 0; i < SIZE; i++) {
			RedisTestServer node = this.nodes.get(i);
			node.commands().clusterSetConfigEpoch(i + 1);
			node.commands().clusterAddSlots(IntStream.range(firstSlot(i), firstSlot(i + 1)).toArray());
			node.commands().clusterMeet(this.nodes.get(0).host(), this.nodes.get(0).port());
		}
		awaitOk();
	}

	private static int firstSlot(int node) {
		return node * SlotHash.SLOT_COUNT / SIZE;
	}

	/** Wait until every node knows all others and sees the cluster well. */
	public void awaitOk() {
		Awaitility.await()
			.until(() -> this.nodes.stream()
				.map((node) -> node.commands().clusterInfo())
				.allMatch((info) -> info.contains("cluster_state:ok") && info.contains("cluster_size:" + SIZE)));
	}

	/** The master that has a key's slot. */
	public RedisTestServer nodeOf(String key) {
		int slot = SlotHash.getSlot(key);
		return this.nodes
			.get(IntStream.range(0, SIZE).filter((i) -> slot < firstSlot(i + 1)).findFirst().orElseThrow());
	}

	/** The addresses of all nodes as {@code host:port}. */
	public List<String> addresses() {
		return this.nodes.stream().map((node) -> node.host() + ":" + node.port()).toList();
	}

	/** Make a user without dangerous commands on every node. */
	public void restrictedUser(String name, String password) {
		this.nodes.forEach((node) -> node.restrictedUser(name, password));
	}

	@Override
	public void close() {
		this.nodes.forEach(RedisTestServer::close);
	}

}
