package io.github.rediskit.autoconfigure.devservices;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Redis or Valkey server as a child process on a loopback port, for development and
 * tests. It ends with this JVM, however that ends, and always by {@code SIGKILL}: nothing
 * is saved at the end.
 */
public final class RedisProcess implements AutoCloseable {

	/** Arguments for a server that writes nothing to disk. */
	public static final List<String> IN_MEMORY = List.of("--save", "", "--appendonly", "no");

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final int ATTEMPTS = 5;

	private final Process process;

	private final int port;

	private final ServerInfo info;

	private RedisProcess(Process process, int port, ServerInfo info) {
		this.process = process;
		this.port = port;
		this.info = info;
	}

	/**
	 * Start a server on a free port and wait until it answers.
	 * @param executable the server
	 * @param directory its working directory, which also gets its log, {@code redis.log}
	 * @param arguments arguments for {@code redis-server}
	 * @return the running server
	 */
	public static RedisProcess start(Path executable, Path directory, List<String> arguments) {
		for (int attempt = 1;; attempt++) {
			try {
				return start(executable, directory, LoopbackPorts.findFree(), arguments);
			}
			catch (RedisStartException ex) {
				boolean portTaken = ex.description().contains("Address already in use");
				if (!portTaken || attempt == ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Start a server on the given port and wait until it answers.
	 * @param executable the server
	 * @param directory its working directory, which also gets its log, {@code redis.log}
	 * @param port the port on the loopback interface
	 * @param arguments arguments for {@code redis-server}
	 * @return the running server
	 */
	public static RedisProcess start(Path executable, Path directory, int port, List<String> arguments) {
		Path log = directory.resolve("redis.log");
		Process process = launch(executable, directory, port, arguments, log);
		try {
			return new RedisProcess(process, port, awaitAnswer(process, executable, port, log));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RedisStartException(executable + " was interrupted while starting.", ex);
		}
		catch (IOException ex) {
			throw new RedisStartException(executable + " failed: " + ex.getMessage() + ".", ex);
		}
		finally {
			log.toFile().deleteOnExit();
		}
	}

	private static Process launch(Path executable, Path directory, int port, List<String> arguments, Path log) {
		List<String> command = new ArrayList<>();
		command.add(executable.toString());
		command.addAll(arguments);
		command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--protected-mode", "yes"));
		try {
			return DependentProcess.start(command, directory, log);
		}
		catch (IOException ex) {
			throw new RedisStartException(executable + " could not be run: " + ex.getMessage() + ".", ex);
		}
	}

	private static ServerInfo awaitAnswer(Process process, Path executable, int port, Path log)
			throws InterruptedException, IOException {
		boolean answered = false;
		try {
			long start = System.nanoTime();
			while (System.nanoTime() - start < TIMEOUT.toNanos()) {
				if (process.waitFor(2, TimeUnit.MILLISECONDS)) {
					throw RedisStartException.of(executable, "ended with exit code " + process.exitValue(), text(log));
				}
				Optional<ServerInfo> info = ServerInfo.ask(port).filter((answer) -> answer.isProcess(process.pid()));
				if (info.isPresent()) {
					answered = true;
					return info.get();
				}
			}
			throw RedisStartException.of(executable,
					"did not answer on port " + port + " within " + TIMEOUT.toSeconds() + " s", text(log));
		}
		finally {
			if (!answered) {
				process.destroyForcibly();
			}
		}
	}

	private static String text(Path log) throws IOException {
		return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
	}

	/**
	 * The port it listens on.
	 * @return the port, on {@code 127.0.0.1}
	 */
	public int port() {
		return this.port;
	}

	/**
	 * The process id.
	 * @return the id
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * Product and version.
	 * @return such as {@code Redis 7.0.15}
	 */
	public String product() {
		return this.info.product();
	}

	ServerInfo info() {
		return this.info;
	}

	/**
	 * Kill the server and wait until it is gone. Does nothing if it is.
	 */
	@Override
	public void close() {
		try {
			this.process.destroyForcibly().waitFor();
			this.process.getOutputStream().close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
