package io.github.rediskit.benchmark;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;

import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.LockRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What it costs to acquire and to release a lock that nobody else wants: each thread has
 * its own.
 * <p>
 * The yardstick is our two scripts, sent by hand with arguments that were made before.
 * They run twice, on two connections: how far the second is from 1 is what chance does.
 */
final class LockUncontendedBenchmark implements Benchmark {

	@Override
	public void run(Settings settings) throws Exception {
		int keys = settings.threads().stream().mapToInt(Integer::intValue).sum();
		try (ConfigurableApplicationContext application = BenchmarkApplication.start(settings);
				LockByHand byHand = new LockByHand(application, "by-hand-1", keys);
				LockByHand control = new LockByHand(application, "by-hand-2", keys);
				SetIfAbsentLock setIfAbsent = new SetIfAbsentLock(application);
				LockPeers peers = new LockPeers(application)) {
			AtomicInteger threads = new AtomicInteger();
			ThreadLocal<Integer> own = ThreadLocal.withInitial(threads::getAndIncrement);
			DistributedLocks locks = application.getBean(DistributedLocks.class);
			System.out.printf("%n## Lock, uncontended%n%nEach thread acquires and releases a lock of its own.%n");
			new Race(settings,
					new Contender("Lettuce, 2 × EVALSHA", (number) -> orNull(byHand.locksAndUnlocks(own.get()))),
					new Contender("the same scripts again", (number) -> orNull(control.locksAndUnlocks(own.get()))),
					new Contender("DistributedLocks.acquire, close",
							(number) -> orNull(locksAndUnlocks(locks, own.get()))),
					new Contender("Lettuce, SET NX PX + EVALSHA",
							(number) -> orNull(setIfAbsent.locksAndUnlocks(own.get()))),
					new Contender("ShedLock", (number) -> orNull(peers.shedLocksAndUnlocks(own.get()))),
					new Contender("Spring Integration", (number) -> locksAndUnlocks(peers.spinning(own.get()))),
					new Contender("Redisson", (number) -> locksAndUnlocks(peers.redisson(own.get()))))
				.run();
		}
	}

	private static boolean locksAndUnlocks(DistributedLocks locks, int key) {
		try (HeldLock lock = locks.acquire(LockRequest.of("own", key))) {
			return lock.isHeld();
		}
	}

	private static Boolean locksAndUnlocks(Lock lock) {
		lock.lock();
		lock.unlock();
		return true;
	}

	/** A refusal would be a fault: nobody else wants these locks. */
	private static @Nullable Boolean orNull(boolean acquired) {
		return acquired ? Boolean.TRUE : null;
	}

}
