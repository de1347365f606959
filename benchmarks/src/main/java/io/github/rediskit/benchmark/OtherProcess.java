package io.github.rediskit.benchmark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A crew in a JVM of its own, which is told by lines what to do, and answers by lines.
 */
final class OtherProcess implements Crew, AutoCloseable {

	/** Unlike the one that starts the jar, it takes the name of a class. */
	private static final String LAUNCHER = "org.springframework.boot.loader.launch.PropertiesLauncher";

	private static final String READY = "crew ready";

	private static final String RESULT = "crew result ";

	private final Process process;

	private final PrintStream orders;

	private final BufferedReader answers;

	/**
	 * Starts it.
	 * @param settings of the benchmark
	 * @param ground the file of the ground
	 * @param threads how many want the lock
	 * @param redis which Redis it is to use, as arguments
	 */
	OtherProcess(Settings settings, Path ground, int threads, String... redis) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(program());
		command.addAll(List.of(ground.toString(), Integer.toString(threads)));
		command.addAll(List.of(redis));
		command.addAll(List.of(settings.arguments()));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
		this.orders = new PrintStream(this.process.getOutputStream(), true, StandardCharsets.UTF_8);
		this.answers = new BufferedReader(new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
		answer(READY);
	}

	/** On a class path, or in one jar, which its launcher takes apart. */
	private static List<String> program() {
		String classPath = System.getProperty("java.class.path");
		String program = OtherProcess.class.getName();
		return classPath.contains(File.pathSeparator) ? List.of("-cp", classPath, program)
				: List.of("-Dloader.main=" + program, "-cp", classPath, LAUNCHER);
	}

	@Override
	public CompletableFuture<Result> turn(String rival, long millis) {
		this.orders.println(millis + " " + rival);
		return CompletableFuture.supplyAsync(() -> Result.read(answer(RESULT)));
	}

	/** Whatever else it prints. */
	private String answer(String beginning) {
		StringBuilder said = new StringBuilder();
		try {
			for (String line = this.answers.readLine(); line != null; line = this.answers.readLine()) {
				if (line.startsWith(beginning)) {
					return line.substring(beginning.length());
				}
				said.append(line).append('\n');
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		throw new IllegalStateException("The other process ended:\n" + said);
	}

	/** It ends with its input. */
	@Override
	public void close() throws InterruptedException {
		this.orders.close();
		if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
			this.process.destroyForcibly();
		}
	}

	/**
	 * The other process.
	 * @param args the ground, how many threads, and what the application gets
	 * @throws Exception if something failed
	 */
	public static void main(String[] args) throws Exception {
		String[] arguments = Arrays.copyOfRange(args, 2, args.length);
		try (ConfigurableApplicationContext application = BenchmarkApplication.start(Settings.of(arguments));
				LockPeers peers = new LockPeers(application)) {
			try (OwnCrew crew = new OwnCrew(
					LockContendedBenchmark.doors(application, peers, LockContendedBenchmark.BOTH),
					Integer.parseInt(args[1]), 1, new Ground(Path.of(args[0])));
					BufferedReader orders = new BufferedReader(
							new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
				System.out.println(READY);
				for (String order = orders.readLine(); order != null; order = orders.readLine()) {
					int blank = order.indexOf(' ');
					long millis = Long.parseLong(order.substring(0, blank));
					System.out.println(RESULT + crew.turn(order.substring(blank + 1), millis).join().written());
				}
			}
		}
		System.exit(0);
	}

}
