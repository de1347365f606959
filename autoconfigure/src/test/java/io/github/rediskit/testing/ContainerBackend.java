package io.github.rediskit.testing;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.github.dockerjava.api.DockerClient;
import io.github.rediskit.autoconfigure.devservices.LoopbackPorts;
import org.awaitility.Awaitility;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

import org.springframework.util.FileSystemUtils;

/**
 * A server in a container on the host's network, so that clusters and Sentinels find each
 * other as child processes do, and a restart keeps the port. Needs Docker on Linux.
 */
final class ContainerBackend implements RedisBackend {

	private final GenericContainer<?> container;

	private final Path directory;

	private final int port = LoopbackPorts.findFree();

	ContainerBackend(String image, Path directory, List<String> arguments) {
		this.directory = directory;
		List<String> command = new ArrayList<>();
		command.add(image.contains("valkey") ? "valkey-server" : "redis-server");
		command.addAll(arguments);
		command.addAll(List.of("--port", Integer.toString(this.port), "--bind", "127.0.0.1"));
		this.container = new GenericContainer<>(DockerImageName.parse(image)).withNetworkMode("host")
			.withFileSystemBind(directory.toString(), directory.toString(), BindMode.READ_WRITE)
			.withWorkingDirectory(directory.toString())
			.withCommand(command.toArray(String[]::new))
			.waitingFor(Wait.forLogMessage(".*(Ready to accept connections|Sentinel ID).*\\n", 1));
		this.container.start();
	}

	private DockerClient docker() {
		return this.container.getDockerClient();
	}

	private String id() {
		return this.container.getContainerId();
	}

	@Override
	public String host() {
		return "127.0.0.1";
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public void kill() {
		docker().killContainerCmd(id()).exec();
		Awaitility.await().until(() -> !this.container.isRunning());
	}

	@Override
	public void restart() {
		if (this.container.isRunning()) {
			kill();
		}
		docker().startContainerCmd(id()).exec();
		Awaitility.await().ignoreExceptions().until(this::accepts);
	}

	private boolean accepts() throws IOException {
		try (Socket socket = new Socket(host(), this.port)) {
			return socket.isConnected();
		}
	}

	@Override
	public void freeze() {
		docker().pauseContainerCmd(id()).exec();
	}

	@Override
	public void thaw() {
		docker().unpauseContainerCmd(id()).exec();
	}

	@Override
	public void close() {
		this.container.stop();
		FileSystemUtils.deleteRecursively(this.directory.toFile());
	}

}
