package io.github.rediskit.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Another process with the classes of the test, to be killed or stopped. What it writes
 * to its standard output is for the test; what it logs is not kept.
 */
public final class ChildJvm {

	private ChildJvm() {
	}

	/**
	 * Starts a process.
	 * @param main the class whose main method runs
	 * @param arguments its arguments
	 * @return the process, which the test has to end
	 * @throws IOException if there is none
	 */
	public static Process start(Class<?> main, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
						"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
						System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
	}

	/**
	 * Kills a process. What it wrote before can still be read:
	 * {@link Process#destroyForcibly()} closes the pipe and throws that away.
	 * @param process the process
	 * @throws InterruptedException if nobody waits any more for its end
	 */
	public static void kill(Process process) throws InterruptedException {
		process.toHandle().destroyForcibly();
		process.waitFor();
	}

	/**
	 * Sends a signal to a process.
	 * @param process the process
	 * @param name of the signal, such as {@code STOP}
	 * @throws IOException if it can't be sent
	 * @throws InterruptedException if nobody waits any more until it was
	 */
	public static void signal(Process process, String name) throws IOException, InterruptedException {
		int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
		if (exit != 0) {
			throw new IOException("kill -" + name + " ended with " + exit);
		}
	}

}
