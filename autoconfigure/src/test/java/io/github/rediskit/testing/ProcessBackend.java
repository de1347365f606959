package io.github.rediskit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

import io.github.rediskit.autoconfigure.devservices.RedisProcess;

import org.springframework.util.FileSystemUtils;

/**
 * A server as a child process. Its directory outlives a restart and is deleted at the
 * end.
 */
final class ProcessBackend implements RedisBackend {

	private final Path executable;

	private final Path directory;

	private final List<String> arguments;

	private RedisProcess process;

	ProcessBackend(Path executable, Path directory, List<String> arguments) {
		this.executable = executable;
		this.directory = directory;
		this.arguments = arguments;
		this.process = RedisProcess.start(executable, directory, arguments);
	}

	@Override
	public String host() {
		return "127.0.0.1";
	}

	@Override
	public int port() {
		return this.process.port();
	}

	@Override
	public void kill() {
		this.process.close();
	}

	@Override
	public void restart() {
		this.process.close();
		this.process = RedisProcess.start(this.executable, this.directory, this.process.port(), this.arguments);
	}

	@Override
	public void freeze() {
		signal("STOP");
	}

	@Override
	public void thaw() {
		signal("CONT");
	}

	private void signal(String name) {
		try {
			int exit = new ProcessBuilder("kill", "-" + name, Long.toString(this.process.pid())).start().waitFor();
			if (exit != 0) {
				throw new IllegalStateException("kill -" + name + " ended with " + exit + ": is the server running?");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.process.close();
		FileSystemUtils.deleteRecursively(this.directory.toFile());
	}

}
