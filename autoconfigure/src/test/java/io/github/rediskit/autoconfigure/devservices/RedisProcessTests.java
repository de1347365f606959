package io.github.rediskit.autoconfigure.devservices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RedisProcessTests {

	@TempDir
	private Path directory;

	@Test
	void aPortThatIsTakenIsSaid() throws IOException {
		Path executable = executable();
		try (RedisProcess first = RedisProcess.start(executable, this.directory, RedisProcess.IN_MEMORY)) {
			assertThatExceptionOfType(RedisStartException.class)
				.isThrownBy(() -> RedisProcess.start(executable, this.directory, first.port(), RedisProcess.IN_MEMORY))
				.withMessageContaining("Address already in use");
		}
	}

	@Test
	void aServerThatWantsAPasswordHasAnswered() throws IOException {
		try (RedisProcess server = RedisProcess.start(executable(), this.directory,
				List.of("--requirepass", "secret"))) {
			assertThat(server.info().fields()).isEmpty();
		}
	}

	@Test
	void theServerDiesWithAJvmThatIsKilled() throws IOException {
		Path directory = this.directory;
		Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1", Starter.class.getName(),
				executable().toString(), directory.toString())

			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("jvm.log").toFile())
			.start();
		try {
			Path log = directory.resolve("redis.log");
			Awaitility.await().ignoreExceptions().until(() -> Files.readString(log).contains("Ready to accept"));
			long pid = jvm.children().findFirst().orElseThrow().pid();
			assertThat(isRunning(pid)).isTrue();
			jvm.destroyForcibly();
			Awaitility.await().until(() -> !isRunning(pid));
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	@ParameterizedTest
	@CsvSource({ "5.0.14.1,false", "6.0.16,false", "6.2.11,true", "7.0.15,true", "8.0.2,true", "10.0.0,true" })
	void versionsBefore62AreRefused(String version, boolean supported) {
		assertThat(DevelopmentRedis.isSupported(version)).isEqualTo(supported);
	}

	private Path executable() throws IOException {
		Optional<Path> onPath = RedisExecutables.onPath(System.getenv("PATH"));
		return onPath.isPresent() ? onPath.get() : RedisExecutables.unpackEmbedded(this.directory);
	}

	/** Not running is also a process that has ended and was not yet collected. */
	private static boolean isRunning(long pid) {
		boolean zombie = Files.exists(Path.of("/proc")) && !Files.exists(Path.of("/proc/" + pid + "/exe"));
		return !zombie && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
	}

	/** The other JVM: starts a server and waits to be killed. */
	static final class Starter {

		public static void main(String[] args) throws Exception {
			RedisProcess.start(Path.of(args[0]), Path.of(args[1]), RedisProcess.IN_MEMORY);
			Thread.currentThread().join();
		}

	}

}
