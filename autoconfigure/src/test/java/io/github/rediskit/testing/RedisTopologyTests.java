package io.github.rediskit.testing;

import java.io.File;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RedisTopologyTests {

	@Test
	void aReplicaFollowsItsMaster() {
		try (RedisTestReplica pair = RedisTestReplica.start()) {
			pair.master().commands().set("key", "value");
			pair.awaitSync();
			assertThat(pair.replica().commands().get("key")).isEqualTo("value");
			pair.replica().restart();
			pair.awaitLink();
		}
	}

	@Test
	void aClusterSharesTheKeys() {
		try (RedisTestCluster cluster = RedisTestCluster.start();
				RedisClusterClient client = RedisClusterClient.create(cluster.nodes().get(0).uri());
				StatefulRedisClusterConnection<String, String> connection = client.connect()) {
			Map<String, String> entries = IntStream.range(0, 100)
				.boxed()
				.collect(Collectors.toMap((i) -> "key" + i, (i) -> "value"));
			connection.sync().mset(entries);
			assertThat(cluster.nodes()).hasSize(3).allMatch((node) -> node.commands().dbsize() > 10);
			assertThat(cluster.nodeOf("key7").commands().get("key7")).isEqualTo("value");
			cluster.restrictedUser("app", "secret");
			cluster.nodes().get(1).restart();
			cluster.awaitOk();
		}
	}

	@Test
	void sentinelsMakeTheReplicaTheMaster() {
		try (RedisTestSentinel group = RedisTestSentinel.start()) {
			assertThat(group.addresses()).hasSize(3);
			assertThat(group.master()).isSameAs(group.data().master());
			group.failOver();
			assertThat(group.master()).isSameAs(group.data().replica());
		}
	}

	@Test
	void aTlsServerIsKnownByItsAuthority() {
		try (RedisTestTls tls = RedisTestTls.start();
				RedisClient client = client(tls, false);
				StatefulRedisConnection<String, String> connection = client.connect()) {
			assertThat(connection.sync().ping()).isEqualTo("PONG");
			assertThatExceptionOfType(RedisConnectionException.class)
				.isThrownBy(() -> TestConnection.CLIENT.connect(RedisURI.create(tls.uri())));
		}
	}

	@Test
	void aTlsServerMayAskItsClientsForACertificate() {
		try (RedisTestTls tls = RedisTestTls.start("--tls-auth-clients", "yes");
				RedisClient stranger = client(tls, false);
				RedisClient client = client(tls, true);
				StatefulRedisConnection<String, String> connection = client.connect()) {
			assertThat(connection.sync().ping()).isEqualTo("PONG");
			assertThatExceptionOfType(RedisConnectionException.class).isThrownBy(stranger::connect);
		}
	}

	private static RedisClient client(RedisTestTls tls, boolean certificate) {
		char[] password = TestCertificates.PASSWORD.toCharArray();
		File keyStore = tls.certificates().keyStore().toFile();
		SslOptions.Builder ssl = SslOptions.builder()
			.keyStoreType("PKCS12")
			.truststore(tls.certificates().trustStore().toFile(), TestCertificates.PASSWORD);
		RedisClient client = RedisClient.create(tls.uri());
		client.setOptions(ClientOptions.builder()
			.sslOptions((certificate ? ssl.keystore(keyStore, password) : ssl).build())
			.build());
		return client;
	}

}
