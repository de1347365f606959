package io.github.rediskit.messaging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(30)
class OrderedDeliveryTests {

	private final ExecutorService executor = Executors.newCachedThreadPool();

	@AfterEach
	void endThreads() {
		this.executor.shutdownNow();
	}

	@Test
	void messagesOfAChannelComeInTheirOrderHoweverManyThreadsThereAre() {
		Map<Integer, Queue<Integer>> handled = new ConcurrentHashMap<>();
		OrderedDelivery<int[]> delivery = delivery(settings(8, 100_000, ListenerOverflow.DROP_OLDEST),
				(message) -> handled.computeIfAbsent(message[0], (channel) -> new ConcurrentLinkedQueue<>())
					.add(message[1]));
		List<Integer> expected = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			expected.add(i);
			for (int channel = 0; channel < 10; channel++) {
				assertThat(delivery.offer(channel, new int[] { channel, i }, 1)).isZero();
			}
		}
		delivery.close().toCompletableFuture().join();
		assertThat(handled).hasSize(10)
			.allSatisfy((channel, messages) -> assertThat(messages).containsExactlyElementsOf(expected));
	}

	@Test
	void soManyChannelsAreHandledAtOneTimeAndNotMore() {
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CountDownLatch together = new CountDownLatch(3);
		OrderedDelivery<Integer> delivery = delivery(settings(3, 100, ListenerOverflow.DROP_OLDEST), (message) -> {
			most.accumulateAndGet(running.incrementAndGet(), Math::max);
			together.countDown();
			awaitAll(together);
			running.decrementAndGet();
		});
		for (int i = 0; i < 60; i++) {
			delivery.offer(i, i, 1);
		}
		delivery.close().toCompletableFuture().join();
		assertThat(most).hasValue(3);
	}

	@Test
	void aBusyChannelDoesNotKeepOutAnother() {
		Queue<String> handled = new ConcurrentLinkedQueue<>();
		Semaphore permits = new Semaphore(0);
		OrderedDelivery<String> delivery = delivery(settings(1, 1000, ListenerOverflow.DROP_OLDEST), (message) -> {
			permits.acquireUninterruptibly();
			handled.add(message);
		});
		for (int i = 0; i < 500; i++) {
			delivery.offer("busy", "busy", 1);
		}
		delivery.offer("quiet", "quiet", 1);
		permits.release(100);
		await().untilAsserted(() -> assertThat(handled).hasSize(100).contains("quiet"));
	}

	@Test
	void theOldestIsDroppedIfNewOnesCount() {
		Queue<Integer> handled = new ConcurrentLinkedQueue<>();
		Semaphore permits = new Semaphore(0);
		OrderedDelivery<Integer> delivery = delivery(settings(1, 3, ListenerOverflow.DROP_OLDEST), (message) -> {
			permits.acquireUninterruptibly();
			handled.add(message);
		});
		int dropped = offerOneByOne(delivery, 10);
		permits.release(100);
		delivery.close().toCompletableFuture().join();
		assertThat(dropped).isEqualTo(6);
		assertThat(handled).containsExactly(0, 7, 8, 9);
	}

	@Test
	void theNewestIsDroppedIfOldOnesCount() {
		Queue<Integer> handled = new ConcurrentLinkedQueue<>();
		Semaphore permits = new Semaphore(0);
		OrderedDelivery<Integer> delivery = delivery(settings(1, 3, ListenerOverflow.DROP_NEWEST), (message) -> {
			permits.acquireUninterruptibly();
			handled.add(message);
		});
		int dropped = offerOneByOne(delivery, 10);
		permits.release(100);
		delivery.close().toCompletableFuture().join();
		assertThat(dropped).isEqualTo(6);
		assertThat(handled).containsExactly(0, 1, 2, 3);
	}

	/** The first one is being handled before the others come. */
	private static int offerOneByOne(OrderedDelivery<Integer> delivery, int count) {
		delivery.offer("channel", 0, 1);
		await().until(() -> delivery.queued() == 0);
		int dropped = 0;
		for (int i = 1; i < count; i++) {
			dropped += delivery.offer("channel", i, 1);
		}
		return dropped;
	}

	@Test
	void whatWaitsIsBoundedInBytesAndASingleLargeMessageIsLetIn() {
		Queue<Integer> handled = new ConcurrentLinkedQueue<>();
		Semaphore permits = new Semaphore(0);
		OrderedDelivery<Integer> delivery = delivery(new ListenerSettings(1, 1000, 100, ListenerOverflow.DROP_OLDEST),
				(message) -> {
					permits.acquireUninterruptibly();
					handled.add(message);
				});
		delivery.offer("channel", 0, 1);
		await().until(() -> delivery.queued() == 0);
		assertThat(delivery.offer("channel", 1, 60)).isZero();
		assertThat(delivery.offer("channel", 2, 40)).isZero();
		assertThat(delivery.offer("channel", 3, 1)).isOne();
		assertThat(delivery.offer("other", 4, 500)).isEqualTo(2);
		permits.release(100);
		delivery.close().toCompletableFuture().join();
		assertThat(handled).containsExactly(0, 4);
	}

	@Test
	void whatIsLeftBehindIsDroppedAndCounted() {
		Semaphore permits = new Semaphore(0);
		Queue<Integer> handled = new ConcurrentLinkedQueue<>();
		OrderedDelivery<Integer> delivery = delivery(settings(1, 100, ListenerOverflow.DROP_OLDEST), (message) -> {
			permits.acquireUninterruptibly();
			handled.add(message);
		});
		assertThat(offerOneByOne(delivery, 5)).isZero();
		assertThat(delivery.close().toCompletableFuture()).isNotDone();
		assertThat(delivery.offer("channel", 5, 1)).isZero();
		assertThat(delivery.abandon()).isEqualTo(4);
		permits.release(100);
		delivery.close().toCompletableFuture().join();
		assertThat(handled).containsExactly(0);
	}

	@Test
	void anErrorEndsItsThreadAndNotTheChannel() {
		Queue<Integer> handled = new ConcurrentLinkedQueue<>();
		ExecutorService quiet = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task);
			thread.setUncaughtExceptionHandler((dead, error) -> {
			});
			return thread;
		});
		OrderedDelivery<Integer> delivery = new OrderedDelivery<>(quiet, settings(1, 100, ListenerOverflow.DROP_OLDEST),
				(message) -> {
					if (message == 1) {
						throw new StackOverflowError();
					}
					handled.add(message);
				});
		for (int i = 0; i < 4; i++) {
			delivery.offer("channel", i, 1);
		}
		delivery.close().toCompletableFuture().join();
		assertThat(handled).containsExactly(0, 2, 3);
		quiet.shutdown();
	}

	private static void awaitAll(CountDownLatch latch) {
		try {
			latch.await(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static ListenerSettings settings(int concurrency, int capacity, ListenerOverflow overflow) {
		return new ListenerSettings(concurrency, capacity, Long.MAX_VALUE, overflow);
	}

	private <M> OrderedDelivery<M> delivery(ListenerSettings settings, Consumer<M> handler) {
		return new OrderedDelivery<>(this.executor, settings, handler);
	}

}
