package io.github.rediskit.autoconfigure.devservices;

import java.nio.file.Path;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A Redis server could not be started on this machine. The message says why and what to
 * install; {@link RedisStartFailureAnalyzer} prints the two apart.
 */
final class RedisStartException extends RuntimeException {

	private static final Pattern OPENSSL_MISSING = Pattern.compile("lib(ssl|crypto)\\.(so\\.3|3\\.dylib)");

	static final String INSTALL_REDIS = "Install Redis 6.2 or newer, or Valkey (Debian/Ubuntu: apt-get install redis-server; "
			+ "macOS: brew install redis; Alpine: apk add redis), or name a running server with spring.data.redis.url. "
			+ "rediskit.embedded.enabled=false switches the development server off.";

	static final String INSTALL_OPENSSL = "The server that comes with embedded-redis needs OpenSSL 3: install it "
			+ "(Debian/Ubuntu: apt-get install libssl3; macOS: brew install openssl@3), "
			+ "or a Redis of the system, which is preferred when it is on the PATH "
			+ "(Debian/Ubuntu: apt-get install redis-server; macOS: brew install redis).";

	private final String description;

	private final String action;

	RedisStartException(String description, @Nullable Throwable cause) {
		this(description, INSTALL_REDIS, cause);
	}

	private RedisStartException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * The process ended, or did not answer in time.
	 * @param executable what was started
	 * @param what what happened, such as "ended with exit code 1"
	 * @param output what the process printed
	 * @return the exception
	 */
	static RedisStartException of(Path executable, String what, String output) {
		String printed = output.isBlank() ? "It printed nothing." : "It printed: " + output.strip();
		String action = OPENSSL_MISSING.matcher(output).find() ? INSTALL_OPENSSL : INSTALL_REDIS;
		return new RedisStartException(executable + " " + what + ". " + printed, action, null);
	}

	String description() {
		return this.description;
	}

	String action() {
		return this.action;
	}

}
