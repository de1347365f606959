package io.github.rediskit.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.autoconfigure.devservices.LoopbackPorts;

/**
 * A server that speaks TLS on a port of its own. Its plain port stays, for the fixture's
 * own commands.
 *
 * @param server the server, by its plain port
 * @param port the port for TLS
 * @param certificates its certificates, also good for a client
 */
public record RedisTestTls(RedisTestServer server, int port, TestCertificates certificates) implements AutoCloseable {

	/**
	 * Start one that asks no certificate of its clients.
	 * @param arguments more arguments; {@code "--tls-auth-clients", "yes"} asks for one
	 */
	public static RedisTestTls start(String... arguments) {
		Path directory = RedisTestServer.newDirectory();
		TestCertificates certificates = TestCertificates.create(directory);
		int port = LoopbackPorts.findFree();
		List<String> all = new ArrayList<>(List.of("--tls-port", Integer.toString(port), "--tls-cert-file",
				certificates.certificate().toString(), "--tls-key-file", certificates.key().toString(),
				"--tls-ca-cert-file", certificates.authority().toString(), "--tls-auth-clients", "no"));
		all.addAll(List.of(arguments));
		return new RedisTestTls(RedisTestServer.start(directory, all), port, certificates);
	}

	/** Such as {@code rediss://127.0.0.1:12345}. */
	public String uri() {
		return "rediss://" + this.server.host() + ":" + this.port;
	}

	@Override
	public void close() {
		this.server.close();
	}

}
