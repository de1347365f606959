package io.github.rediskit.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.rediskit.autoconfigure.devservices.RedisExecutables;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

import org.springframework.util.function.SingletonSupplier;

/**
 * What the servers of the tests are: an executable or a container image.
 *
 * @param executable the executable, unless it is an image
 * @param image the image, unless it is an executable
 */
record RedisDistribution(@Nullable Path executable, @Nullable String image) {

	/** System property: {@code host:port} of a running server for the tests to share. */
	static final String ADDRESS = "rediskit.test.redis";

	/**
	 * System property: the server to start, which is an executable's path,
	 * {@code docker:} and an image, or {@code embedded}.
	 */
	static final String SERVER = "rediskit.test.redis-server";

	private static final String DEFAULT_IMAGE = "redis:8";

	private static final Supplier<RedisDistribution> INSTALLED = SingletonSupplier
		.of(() -> find(System.getProperty(SERVER), System.getenv("PATH"), RedisDistribution::unpack,
				() -> DockerClientFactory.instance().isDockerAvailable()));

	/** The one of this machine. */
	static RedisDistribution installed() {
		return INSTALLED.get();
	}

	static RedisDistribution find(@Nullable String server, String path, Supplier<Path> embedded,
			BooleanSupplier docker) {
		if (server != null && !server.isBlank()) {
			return named(server, embedded);
		}
		Optional<Path> onPath = RedisExecutables.onPath(path);
		if (onPath.isPresent()) {
			return new RedisDistribution(onPath.get(), null);
		}
		try {
			return new RedisDistribution(embedded.get(), null);
		}
		catch (IllegalStateException ex) {
			if (docker.getAsBoolean()) {
				return new RedisDistribution(null, DEFAULT_IMAGE);
			}
			throw new IllegalStateException("The tests need a real Redis 6.2 or newer and found none: install one "
					+ "(Debian/Ubuntu: apt-get install redis-server; macOS: brew install redis) or start Docker, or name "
					+ "a running one with -D" + ADDRESS + "=host:port, or an executable with -D" + SERVER + "=/path. "
					+ ex.getMessage(), ex);
		}
	}

	private static RedisDistribution named(String server, Supplier<Path> embedded) {
		if (server.startsWith("docker:")) {
			return new RedisDistribution(null, server.substring("docker:".length()));
		}
		Path executable = server.equals("embedded") ? embedded.get() : Path.of(server);
		if (!Files.isExecutable(executable)) {
			throw new IllegalStateException("System property " + SERVER + " names no executable: " + server);
		}
		return new RedisDistribution(executable, null);
	}

	static Path unpack() {
		try {
			Path directory = Files.createTempDirectory("rediskit-test-");
			directory.toFile().deleteOnExit();
			Path executable = RedisExecutables.unpackEmbedded(directory);
			checkRuns(executable);
			return executable;
		}
		catch (IOException ex) {
			throw new IllegalStateException("The embedded-redis jar has no server that runs here: " + ex.getMessage(),
					ex);
		}
	}

	/** The jar's server is linked to OpenSSL 3, which may not be there. */
	private static void checkRuns(Path executable) throws IOException {
		Process process = new ProcessBuilder(executable.toString(), "--version").redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (!output.contains("v=")) {
			throw new IOException(output.strip() + " (libssl3 missing? Debian/Ubuntu: apt-get install libssl3; "
					+ "macOS: brew install openssl@3)");
		}
	}

	RedisBackend start(Path directory, List<String> arguments) {
		if (this.image != null) {
			return new ContainerBackend(this.image, directory, arguments);
		}
		return new ProcessBackend(Objects.requireNonNull(this.executable), directory, arguments);
	}

}
