package io.github.rediskit.autoconfigure.devservices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a child process that ends with this JVM, however that ends.
 * <p>
 * On Unix a waiting shell holds the other end of a pipe and kills the child when the pipe
 * closes, even after {@code kill -9} of the JVM. No shutdown hook is used there: hooks
 * run side by side, and a server must outlive the beans that still talk to it. The child
 * keeps the process id of the shell that it replaces. It has a session of its own where
 * {@code setsid} exists, so that Ctrl-C reaches the application alone.
 */
final class DependentProcess {

	private static final Path SHELL = Path.of("/bin/sh");

	private static final String END_WITH_PARENT = """
			exec 3<&0 </dev/null
			(trap '' HUP INT TERM; read _ <&3; kill -9 $$) >/dev/null 2>&1 &
			exec $(command -v setsid) "$@" 3<&-
			""";

	private DependentProcess() {
	}

	/**
	 * Start one.
	 * @param command executable and arguments
	 * @param directory its working directory
	 * @param log the file that gets all it prints
	 * @return the process, which is the executable's own
	 * @throws IOException if it can't be started
	 */
	static Process start(List<String> command, Path directory, Path log) throws IOException {
		boolean shell = Files.isExecutable(SHELL);
		List<String> all = new ArrayList<>();
		if (shell) {
			all.addAll(List.of(SHELL.toString(), "-c", END_WITH_PARENT, "rediskit"));
		}
		all.addAll(command);
		Process process = new ProcessBuilder(all).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		if (!shell) {
			Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "rediskit-redis-end"));
		}
		return process;
	}

}
