package io.github.rediskit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.rediskit.autoconfigure.devservices.RedisProcess;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * A real Redis for a test. {@link #shared()} is one for all tests of the JVM;
 * {@link #start} gives a test its own, to configure, kill and freeze. What is not closed
 * ends with the JVM.
 */
public final class RedisTestServer implements AutoCloseable {

	private static final Supplier<RedisTestServer> SHARED = SingletonSupplier.of(RedisTestServer::findShared);

	private static final Pattern COMMAND_CALLS = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");

	private final RedisBackend backend;

	private final @Nullable String password;

	private final TestConnection<String> strings = new TestConnection<>(StringCodec.UTF8, this::redisUri);

	private final TestConnection<byte[]> bytes = new TestConnection<>(ByteArrayCodec.INSTANCE, this::redisUri);

	private RedisTestServer(RedisBackend backend, @Nullable String password) {
		this.backend = backend;
		this.password = password;
	}

	/**
	 * The server that all tests share: the one given by {@code -Drediskit.test.redis}, or
	 * one that is started at the first call. It can't be killed or frozen.
	 */
	public static RedisTestServer shared() {
		return SHARED.get();
	}

	private static RedisTestServer findShared() {
		String address = System.getProperty(RedisDistribution.ADDRESS);
		if (address != null && !address.isBlank()) {
			return new RedisTestServer(FixedBackend.of(address), null);
		}
		RedisTestServer own = start();
		return new RedisTestServer(new FixedBackend(own.host(), own.port()), null);
	}

	/**
	 * Start a server that keeps nothing on disk unless told so.
	 * @param arguments more arguments, such as {@code "--appendonly", "yes"}
	 */
	public static RedisTestServer start(String... arguments) {
		return start(newDirectory(), List.of(arguments));
	}

	/** Start a server in a directory, which it owns from now on. */
	static RedisTestServer start(Path directory, List<String> arguments) {
		List<String> all = new ArrayList<>();
		boolean configurationFile = !arguments.isEmpty() && !arguments.get(0).startsWith("--");
		if (configurationFile) {
			all.add(arguments.get(0));
		}
		all.addAll(RedisProcess.IN_MEMORY);
		all.addAll(arguments.subList(configurationFile ? 1 : 0, arguments.size()));
		int password = all.indexOf("--requirepass") + 1;
		try {
			return new RedisTestServer(RedisDistribution.installed().start(directory, all),
					(password > 0) ? all.get(password) : null);
		}
		catch (RuntimeException ex) {
			FileSystemUtils.deleteRecursively(directory.toFile());
			throw ex;
		}
	}

	static Path newDirectory() {
		try {
			Path directory = Files.createTempDirectory("rediskit-test-");
			directory.toFile().deleteOnExit();
			return directory;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public String host() {
		return this.backend.host();
	}

	public int port() {
		return this.backend.port();
	}

	/** Such as {@code redis://127.0.0.1:12345}, with the password if it has one. */
	public String uri() {
		String credentials = (this.password != null) ? ":" + this.password + "@" : "";
		return "redis://" + credentials + host() + ":" + port();
	}

	/** The same for another user. */
	public String uri(String user, String password) {
		return "redis://" + user + ":" + password + "@" + host() + ":" + port();
	}

	private RedisURI redisUri() {
		return RedisURI.create(uri());
	}

	/** Plain commands as the default user, on one connection of the fixture. */
	public RedisCommands<String, String> commands() {
		return this.strings.sync();
	}

	/** The same with bytes. */
	public RedisCommands<byte[], byte[]> bytes() {
		return this.bytes.sync();
	}

	/** The Redis version whose commands it understands, such as {@code 7.0.15}. */
	public String version() {
		return info("server", "redis_version");
	}

	/** One field of {@code INFO}, or an empty text. */
	public String info(String section, String field) {
		return commands().info(section)
			.lines()
			.filter((line) -> line.startsWith(field + ":"))
			.map((line) -> line.substring(field.length() + 1).strip())
			.findFirst()
			.orElse("");
	}

	/**
	 * Make a user as managed services give out: everything but dangerous commands.
	 * @return the address with the user's name and password
	 */
	public String restrictedUser(String name, String password) {
		return user(name, password, "~*", "&*", "+@all", "-@dangerous");
	}

	/**
	 * Make a user.
	 * @param rules such as {@code ~shop:*} and {@code +@read}
	 * @return the address with the user's name and password
	 */
	public String user(String name, String password, String... rules) {
		TestConnection.aclSetUser(commands(), name, password, rules);
		return uri(name, password);
	}

	/** How often each command was called, by its name in lower case. */
	public Map<String, Long> commandStats() {
		return COMMAND_CALLS.matcher(commands().info("commandstats"))
			.results()
			.collect(Collectors.toMap((match) -> match.group(1), RedisTestServer::calls));
	}

	private static Long calls(MatchResult match) {
		return Long.valueOf(match.group(2));
	}

	public void resetStats() {
		commands().configResetstat();
	}

	public void flushAll() {
		commands().flushall();
	}

	/** Kill it with {@code SIGKILL}. */
	public void kill() {
		disconnect();
		this.backend.kill();
	}

	/** Start it again on the same port, killing it first if it runs. */
	public void restart() {
		disconnect();
		this.backend.restart();
	}

	/** Stop it with {@code SIGSTOP}: connections stay, answers do not come. */
	public void freeze() {
		this.backend.freeze();
	}

	/** Continue after {@link #freeze()}. */
	public void thaw() {
		this.backend.thaw();
	}

	private void disconnect() {
		this.strings.close();
		this.bytes.close();
	}

	@Override
	public void close() {
		disconnect();
		this.backend.close();
	}

}
