package io.github.rediskit.benchmark;

import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.rediskit.benchmark.Scramble.Door;
import io.github.rediskit.benchmark.Scramble.Rival;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.LockRequest;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * How fast a lock goes from one to the next when 16 threads want it: all of one instance,
 * and then of two, which share nothing but Redis, although they run in one process.
 */
final class LockContendedBenchmark implements Benchmark {

	private static final int THREADS = 16;

	@Override
	public void run(Settings settings) throws Exception {
		try (ConfigurableApplicationContext one = BenchmarkApplication.start(settings);
				ConfigurableApplicationContext two = BenchmarkApplication.start(settings,
						BenchmarkApplication.redisOf(one));
				LockPeers peersOfOne = new LockPeers(one);
				LockPeers peersOfTwo = new LockPeers(two)) {
			System.out.printf("%n## Lock, contended%n%n%d threads of one instance want one lock.%n%n%s", THREADS,
					scramble(settings, "alone", List.of(one), List.of(peersOfOne)).table());
			System.out.printf("%n2 instances × %d threads want one lock.%n%n%s", THREADS / 2,
					scramble(settings, "both", List.of(one, two), List.of(peersOfOne, peersOfTwo)).table());
		}
	}

	private static Scramble scramble(Settings settings, String key, List<ConfigurableApplicationContext> instances,
			List<LockPeers> peers) {
		return new Scramble(settings, THREADS,
				Stream.of(peer("Redisson", peers, (peer) -> peer.redisson(key)),
						peer("Spring Integration", peers, (peer) -> peer.spinning(key)),
						peer("Spring Integration, PUB_SUB_LOCK", peers, (peer) -> peer.listening(key)),
						new Rival("DistributedLocks.acquire, close",
								instances.stream()
									.map((instance) -> door(instance.getBean(DistributedLocks.class), key))
									.toList()))
					.filter((rival) -> rival.name().contains(settings.only()))
					.toList());
	}

	private static Door door(DistributedLocks locks, String key) {
		return (action) -> {
			try (HeldLock lock = locks.acquire(LockRequest.of("wanted", key))) {
				action.run();
				lock.requireHeld();
			}
		};
	}

	private static Rival peer(String name, List<LockPeers> peers, Function<LockPeers, Lock> locks) {
		return new Rival(name, peers.stream().map((peer) -> (Door) (action) -> {
			Lock lock = locks.apply(peer);
			lock.lock();
			try {
				action.run();
			}
			finally {
				lock.unlock();
			}
		}).toList());
	}

}
