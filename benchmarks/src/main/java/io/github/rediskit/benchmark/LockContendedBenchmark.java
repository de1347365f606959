package io.github.rediskit.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;

import io.github.rediskit.benchmark.Crew.Door;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.LockRequest;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * How fast a lock goes from one to the next when 16 threads want it: all of one instance,
 * and then of two, each of which is a JVM.
 */
final class LockContendedBenchmark implements Benchmark {

	/** The key that two instances want. */
	static final String BOTH = "both";

	private static final int THREADS = 16;

	@Override
	public void run(Settings settings) throws Exception {
		Path file = Files.createTempFile("rediskit-", ".ground");
		try (ConfigurableApplicationContext application = BenchmarkApplication.start(settings);
				LockPeers peers = new LockPeers(application)) {
			Ground ground = new Ground(file);
			try (OwnCrew all = new OwnCrew(doors(application, peers, "alone"), THREADS, 0, ground)) {
				System.out.printf("%n## Lock, contended%n%n%d threads of one instance want one lock.%n%n%s", THREADS,
						new Scramble(settings, rivals(settings, application, peers), List.of(all)).table());
			}
			try (OwnCrew one = new OwnCrew(doors(application, peers, BOTH), THREADS / 2, 0, ground);
					OtherProcess two = new OtherProcess(settings, file, THREADS / 2,
							BenchmarkApplication.redisOf(application))) {
				System.out.printf("%n2 JVMs × %d threads want one lock.%n%n%s", THREADS / 2,
						new Scramble(settings, rivals(settings, application, peers), List.of(one, two)).table());
			}
		}
		finally {
			Files.delete(file);
		}
	}

	private static List<String> rivals(Settings settings, ConfigurableApplicationContext application, LockPeers peers) {
		return doors(application, peers, BOTH).keySet()
			.stream()
			.filter((name) -> name.contains(settings.only()))
			.toList();
	}

	/**
	 * One lock of each make, as an instance sees it; the first is what others are
	 * compared with.
	 */
	static Map<String, Door> doors(ConfigurableApplicationContext application, LockPeers peers, String key) {
		DistributedLocks locks = application.getBean(DistributedLocks.class);
		Map<String, Door> doors = new LinkedHashMap<>();
		doors.put("Redisson", door(peers.redisson(key)));
		doors.put("Spring Integration", door(peers.spinning(key)));
		doors.put("Spring Integration, PUB_SUB_LOCK", door(peers.listening(key)));
		doors.put("DistributedLocks.acquire, close", (action) -> {
			try (HeldLock lock = locks.acquire(LockRequest.of("wanted", key))) {
				action.run();
				lock.requireHeld();
			}
		});
		return doors;
	}

	private static Door door(Lock lock) {
		return (action) -> {
			lock.lock();
			try {
				action.run();
			}
			finally {
				lock.unlock();
			}
		};
	}

}
