package io.github.rediskit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import org.awaitility.Awaitility;

/**
 * A master, a replica and three Sentinels of which two must agree. A failover begins half
 * a second after the master stopped answering.
 *
 * @param data master and replica, as they were at the start
 * @param sentinels the Sentinels
 */
public record RedisTestSentinel(RedisTestReplica data, List<RedisTestServer> sentinels) implements AutoCloseable {

	/** The name under which the Sentinels know the master. */
	public static final String MASTER = "main";

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/** Start all and wait until the Sentinels know each other and the replica. */
	public static RedisTestSentinel start() {
		RedisTestSentinel group = new RedisTestSentinel(RedisTestReplica.start(), new ArrayList<>());
		try {
			for (int i = 0; i < 3; i++) {
				group.sentinels.add(startSentinel());
			}
			group.sentinels.forEach(group::monitor);
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> group.sentinels.stream().allMatch(RedisTestSentinel::knowsAll));
			return group;
		}
		catch (RuntimeException ex) {
			group.close();
			throw ex;
		}
	}

	private static RedisTestServer startSentinel() {
		Path directory = RedisTestServer.newDirectory();
		try {
			Path configuration = Files.createFile(directory.resolve("sentinel.conf"));
			return RedisTestServer.start(directory, List.of(configuration.toString(), "--sentinel"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void monitor(RedisTestServer sentinel) {
		ask(sentinel, (commands) -> {
			commands.monitor(MASTER, this.data.master().host(), this.data.master().port(), 2);
			commands.set(MASTER, "down-after-milliseconds", "500");
			return commands.set(MASTER, "failover-timeout", "3000");
		});
	}

	private static boolean knowsAll(RedisTestServer sentinel) {
		Map<String, String> master = ask(sentinel, (commands) -> commands.master(MASTER));
		return "master".equals(master.get("flags")) && "1".equals(master.get("num-slaves"))
				&& "2".equals(master.get("num-other-sentinels"));
	}

	private static <T> T ask(RedisTestServer sentinel, Function<RedisSentinelCommands<String, String>, T> question) {
		try (StatefulRedisSentinelConnection<String, String> connection = TestConnection.CLIENT
			.connectSentinel(RedisURI.create(sentinel.uri()))) {
			return question.apply(connection.sync());
		}
	}

	/** The addresses of the Sentinels as {@code host:port}. */
	public List<String> addresses() {
		return this.sentinels.stream().map((sentinel) -> sentinel.host() + ":" + sentinel.port()).toList();
	}

	/** The server that a Sentinel calls the master now. */
	public RedisTestServer master() {
		InetSocketAddress address = (InetSocketAddress) ask(this.sentinels.get(0),
				(commands) -> commands.getMasterAddrByName(MASTER));
		return (address.getPort() == this.data.master().port()) ? this.data.master() : this.data.replica();
	}

	/**
	 * Kill the master and wait until all Sentinels call the replica master, and it is.
	 */
	public void failOver() {
		this.data.master().kill();
		int port = this.data.replica().port();
		Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> this.sentinels.stream()
				.map((sentinel) -> (InetSocketAddress) ask(sentinel,
						(commands) -> commands.getMasterAddrByName(MASTER)))
				.allMatch((address) -> address.getPort() == port)
					&& this.data.replica().info("replication", "role").equals("master"));
	}

	@Override
	public void close() {
		this.sentinels.forEach(RedisTestServer::close);
		this.data.close();
	}

}
