package io.github.rediskit.autoconfigure.devservices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.util.FileSystemUtils;

/**
 * The Redis of one running application on a developer's machine, and how to connect to
 * it. A server on the {@code PATH} is preferred to the one in the {@code embedded-redis}
 * jar. It keeps nothing: data, locks and limits end with the application, and no other
 * process shares them.
 */
final class DevelopmentRedis implements DataRedisConnectionDetails, AutoCloseable {

	private static final Log logger = LogFactory.getLog(DevelopmentRedis.class);

	private static final Pattern TOO_OLD = Pattern.compile("^([1-5]|6\\.[01])\\.");

	private final Path directory;

	private final RedisProcess server;

	private final int database;

	private DevelopmentRedis(Path directory, RedisProcess server, int database) {
		this.directory = directory;
		this.server = server;
		this.database = database;
	}

	/**
	 * Start a server and say so in one line.
	 * @param path the {@code PATH} to search
	 * @param database the database that connections use
	 * @return the running server
	 */
	static DevelopmentRedis start(String path, int database) {
		Path directory = null;
		try {
			directory = Files.createTempDirectory("rediskit-");
			directory.toFile().deleteOnExit();
			Path executable = executable(path, directory);
			DevelopmentRedis redis = new DevelopmentRedis(directory, startServer(executable, directory), database);
			logger.info(
					"Started %s (%s) on 127.0.0.1:%d for development: its data ends with this application, and locks and limits are this machine's alone"
						.formatted(redis.server.product(), executable, redis.server.port()));
			return redis;
		}
		catch (IOException | RuntimeException ex) {
			FileSystemUtils.deleteRecursively((directory != null) ? directory.toFile() : null);
			throw (ex instanceof RuntimeException runtime) ? runtime
					: new RedisStartException("No Redis server could be prepared: " + ex.getMessage() + ".", ex);
		}
	}

	private static Path executable(String path, Path directory) throws IOException {
		Optional<Path> onPath = RedisExecutables.onPath(path);
		return onPath.isPresent() ? onPath.get() : RedisExecutables.unpackEmbedded(directory);
	}

	private static RedisProcess startServer(Path executable, Path directory) {
		RedisProcess server = RedisProcess.start(executable, directory, RedisProcess.IN_MEMORY);
		if (!isSupported(server.info().redisVersion())) {
			server.close();
			throw new RedisStartException(executable + " is " + server.product() + ", which is too old.", null);
		}
		return server;
	}

	/** Whether this is version 6.2 or newer, or can't be told. */
	static boolean isSupported(String version) {
		return !TOO_OLD.matcher(version).find();
	}

	@Override
	public Standalone getStandalone() {
		return Standalone.of("127.0.0.1", this.server.port(), this.database);
	}

	RedisProcess server() {
		return this.server;
	}

	Path directory() {
		return this.directory;
	}

	@Override
	public void close() {
		this.server.close();
		FileSystemUtils.deleteRecursively(this.directory.toFile());
	}

}
