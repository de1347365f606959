package io.github.rediskit.autoconfigure.devservices;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import redis.embedded.core.ExecutableProvider;

/**
 * Where to find a Redis or Valkey server to run on this machine.
 */
public final class RedisExecutables {

	private static final List<String> NAMES = List.of("redis-server", "valkey-server");

	private RedisExecutables() {
	}

	/**
	 * Search a {@code PATH} in its order; in one directory, Redis comes before Valkey.
	 * @param path the value of {@code PATH}, or an empty text
	 * @return the first server found
	 */
	public static Optional<Path> onPath(String path) {
		return Stream.of(path.split(Pattern.quote(File.pathSeparator)))
			.filter((directory) -> !directory.isBlank())
			.flatMap(RedisExecutables::candidates)
			.filter((file) -> Files.isRegularFile(file) && Files.isExecutable(file))
			.findFirst();
	}

	private static Stream<Path> candidates(String directory) {
		try {
			Path parent = Path.of(directory);
			return NAMES.stream().map(parent::resolve);
		}
		catch (InvalidPathException ex) {
			return Stream.empty();
		}
	}

	/**
	 * Unpack the server for this platform from the {@code embedded-redis} jar, which must
	 * be on the classpath.
	 * @param directory where to
	 * @return the executable
	 * @throws IOException if there is none for this platform, or it can't be written
	 */
	public static Path unpackEmbedded(Path directory) throws IOException {
		return ExecutableProvider.newJarResourceProvider(directory.toFile()).get().toPath();
	}

}
