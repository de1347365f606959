package io.github.rediskit.autoconfigure.devservices;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class RedisExecutablesTests {

	@TempDir
	private Path root;

	@Test
	void theFirstDirectoryOfThePathWins() throws IOException {
		Path valkey = executable("first", "valkey-server");
		executable("second", "redis-server");
		assertThat(RedisExecutables.onPath(path("first", "second"))).contains(valkey);
	}

	@Test
	void inOneDirectoryRedisComesBeforeValkey() throws IOException {
		executable("both", "valkey-server");
		Path redis = executable("both", "redis-server");
		assertThat(RedisExecutables.onPath(path("both"))).contains(redis);
	}

	@Test
	void whatIsNoExecutableFileIsPassedOver() throws IOException {
		Files.createDirectories(this.root.resolve("first/redis-server"));
		Files.createFile(Files.createDirectories(this.root.resolve("second")).resolve("redis-server"));
		Path redis = executable("third", "redis-server");
		assertThat(RedisExecutables.onPath(path("missing", "first", "second", "third"))).contains(redis);
	}

	@Test
	void anEmptyPathHoldsNothing() {
		assertThat(RedisExecutables.onPath("")).isEmpty();
		assertThat(RedisExecutables.onPath(File.pathSeparator)).isEmpty();
		assertThat(RedisExecutables.onPath("\0")).isEmpty();
	}

	private Path executable(String directory, String name) throws IOException {
		Path file = Files.createFile(Files.createDirectories(this.root.resolve(directory)).resolve(name));
		assertThat(file.toFile().setExecutable(true)).isTrue();
		return file;
	}

	private String path(String... directories) {
		return String.join(File.pathSeparator,
				Stream.of(directories).map((name) -> this.root.resolve(name).toString()).toList());
	}

}
