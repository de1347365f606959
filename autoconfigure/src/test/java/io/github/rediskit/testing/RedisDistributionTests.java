package io.github.rediskit.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RedisDistributionTests {

	private static final Supplier<Path> NOT_EMBEDDED = () -> {
		throw new IllegalStateException("libssl3 missing");
	};

	@TempDir
	private Path directory;

	private Path executable;

	@BeforeEach
	void createExecutable() throws IOException {
		this.executable = Files.createFile(this.directory.resolve("redis-server"));
		assertThat(this.executable.toFile().setExecutable(true)).isTrue();
	}

	@Test
	void theServerOfThePathComesFirst() {
		assertThat(RedisDistribution.find(null, this.directory.toString(), NOT_EMBEDDED, () -> true))
			.isEqualTo(new RedisDistribution(this.executable, null));
	}

	@Test
	void thenTheEmbeddedOne() {
		assertThat(RedisDistribution.find(null, "", () -> this.executable, () -> true))
			.isEqualTo(new RedisDistribution(this.executable, null));
	}

	@Test
	void thenDocker() {
		assertThat(RedisDistribution.find(null, "", NOT_EMBEDDED, () -> true))
			.isEqualTo(new RedisDistribution(null, "redis:8"));
	}

	@Test
	void elseItSaysWhatToInstall() {
		assertThatIllegalStateException().isThrownBy(() -> RedisDistribution.find(null, "", NOT_EMBEDDED, () -> false))
			.withMessageContainingAll("apt-get install redis-server", "-Drediskit.test.redis=", "libssl3 missing");
	}

	@Test
	void aPropertyNamesAnExecutableOrAnImage() {
		String path = this.directory.toString();
		assertThat(RedisDistribution.find("docker:valkey/valkey:8", path, NOT_EMBEDDED, () -> false).image())
			.isEqualTo("valkey/valkey:8");
		assertThat(RedisDistribution.find(this.executable.toString(), "", NOT_EMBEDDED, () -> false).executable())
			.isEqualTo(this.executable);
		assertThatIllegalStateException()
			.isThrownBy(() -> RedisDistribution.find("/no/such/server", path, NOT_EMBEDDED, () -> true))
			.withMessageContaining("names no executable: /no/such/server");
	}

	@Test
	void theServerOfTheJarRunsHere() {
		RedisBackend backend = RedisDistribution.find("embedded", "", RedisDistribution::unpack, () -> false)
			.start(RedisTestServer.newDirectory(), List.of());
		backend.close();
	}

}
