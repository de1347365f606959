package io.github.rediskit.benchmark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * What the starter adds to the start of an application with Spring Boot's own Redis
 * starter: each start is a JVM of its own, and the two kinds take turns.
 */
final class StartUpBenchmark implements Benchmark {

	/**
	 * What our starter brings beyond Spring Boot's: left out of the plain application's
	 * class path.
	 */
	private static final List<String> OURS = List.of("rediskit", "/autoconfigure/target/", "commons-pool2",
			"netty-transport-native", "netty-transport-classes-epoll");

	/** What other benchmarks bring: left out of both. */
	private static final List<String> PEERS = List.of("/embedded-redis/", "/bucket4j", "/redisson/", "/rxjava/",
			"/kryo", "/cache-api/");

	@Override
	public void run(Settings settings) throws Exception {
		if (!System.getProperty("java.class.path").contains(File.pathSeparator)) {
			throw new IllegalStateException("An application in one jar can't be taken apart: use spring-boot:run");
		}
		double[] plain = new double[settings.rounds()];
		double[] starter = new double[settings.rounds()];
		start(classPath(false)); // both once before the first round, for the disk's cache
		start(classPath(true));
		for (int round = 0; round < settings.rounds(); round++) {
			plain[round] = start(classPath(false));
			starter[round] = start(classPath(true));
		}
		double[] added = new double[settings.rounds()];
		Arrays.setAll(added, (round) -> starter[round] - plain[round]);
		Table table = new Table(List.of("start of an application, " + settings.rounds() + " rounds", "ms"));
		table.add(List.of("with spring-boot-starter-data-redis", Spread.of(plain).format("%.0f")));
		table.add(List.of("with rediskit-spring-boot-starter", Spread.of(starter).format("%.0f")));
		table.add(List.of("added, by pairs", Spread.of(added).format("%.0f")));
		System.out.printf("%n## Start-up%n%n%s", table);
	}

	private static String classPath(boolean withStarter) {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> PEERS.stream().noneMatch(entry::contains))
			.filter((entry) -> withStarter || entry.contains("/benchmarks/")
					|| OURS.stream().noneMatch((ours) -> entry.contains(ours)))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private static double start(String classPath) throws IOException {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		Process process = new ProcessBuilder(java, "-cp", classPath, PlainApplication.class.getName(),
				"--rediskit.embedded.enabled=false", "--spring.application.name=start-up",
				"--spring.main.banner-mode=off")
			.redirectErrorStream(true)
			.start();
		try (BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
			return output.lines()
				.filter((line) -> line.startsWith(PlainApplication.STARTED))
				.mapToDouble((line) -> Double.parseDouble(line.substring(PlainApplication.STARTED.length())))
				.findFirst()
				.orElseThrow(() -> new IllegalStateException("The application did not start"));
		}
	}

	/**
	 * An application that starts, says how long that took since its JVM began, and ends.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class PlainApplication {

		static final String STARTED = "started after ms: ";

		public static void main(String[] args) {
			SpringApplication.run(PlainApplication.class, args);
			long began = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
			System.out.println(STARTED + (System.currentTimeMillis() - began));
			System.exit(0);
		}

	}

}
