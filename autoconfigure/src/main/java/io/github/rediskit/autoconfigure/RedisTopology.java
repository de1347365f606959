package io.github.rediskit.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.util.Assert;

/**
 * Connection details as Spring Data wants them. Where details name several topologies,
 * the order is Spring Boot's: Sentinel, Cluster, replicas, one server.
 */
final class RedisTopology {

	private RedisTopology() {
	}

	static RedisConfiguration of(DataRedisConnectionDetails details, @Nullable Integer maxRedirects,
			@Nullable Integer database) {
		RedisConfiguration topology = topology(details, maxRedirects);
		if (topology instanceof RedisConfiguration.WithAuthentication login) {
			login.setUsername(details.getUsername());
			login.setPassword(RedisPassword.of(details.getPassword()));
		}
		if (database != null && topology instanceof RedisConfiguration.WithDatabaseIndex indexed) {
			indexed.setDatabase(database);
		}
		return topology;
	}

	private static RedisConfiguration topology(DataRedisConnectionDetails details, @Nullable Integer maxRedirects) {
		if (details.getSentinel() != null) {
			return sentinel(details.getSentinel());
		}
		if (details.getCluster() != null) {
			return cluster(details.getCluster(), maxRedirects);
		}
		if (details.getMasterReplica() != null) {
			return masterReplica(details.getMasterReplica().getNodes());
		}
		DataRedisConnectionDetails.Standalone server = details.getStandalone();
		Assert.state(server != null, "The Redis connection details name no server");
		RedisStandaloneConfiguration topology = new RedisStandaloneConfiguration(server.getHost(), server.getPort());
		topology.setDatabase(server.getDatabase());
		return topology;
	}

	private static RedisSentinelConfiguration sentinel(DataRedisConnectionDetails.Sentinel sentinel) {
		RedisSentinelConfiguration topology = new RedisSentinelConfiguration();
		topology.master(sentinel.getMaster());
		topology.setSentinels(nodes(sentinel.getNodes()));
		topology.setSentinelUsername(sentinel.getUsername());
		topology.setSentinelPassword(RedisPassword.of(sentinel.getPassword()));
		topology.setDatabase(sentinel.getDatabase());
		return topology;
	}

	private static RedisClusterConfiguration cluster(DataRedisConnectionDetails.Cluster cluster,
			@Nullable Integer maxRedirects) {
		RedisClusterConfiguration topology = new RedisClusterConfiguration();
		topology.setClusterNodes(nodes(cluster.getNodes()));
		if (maxRedirects != null) {
			topology.setMaxRedirects(maxRedirects);
		}
		return topology;
	}

	private static RedisStaticMasterReplicaConfiguration masterReplica(List<Node> nodes) {
		Node first = nodes.get(0);
		RedisStaticMasterReplicaConfiguration topology = new RedisStaticMasterReplicaConfiguration(first.host(),
				first.port());
		nodes.stream().skip(1).forEach((node) -> topology.addNode(node.host(), node.port()));
		return topology;
	}

	private static List<RedisNode> nodes(List<Node> nodes) {
		return nodes.stream().map((node) -> new RedisNode(node.host(), node.port())).toList();
	}

}
