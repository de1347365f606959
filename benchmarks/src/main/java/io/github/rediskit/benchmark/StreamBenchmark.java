package io.github.rediskit.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.lettuce.core.Consumer;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * How fast messages get through a stream: from before the first one is written to when
 * the last one was handled and acknowledged. Each contender hands over the same number in
 * turn; a ratio is taken within a round.
 * <p>
 * The yardstick is Lettuce by hand: {@code XADD}s in a pipeline on one connection, {@code
 * XREADGROUP} of 500 at a time on another one, JSON read, one {@code XACK} for each
 * delivery. Nothing is tried again, taken over, or known about a slow handler.
 */
final class StreamBenchmark implements Benchmark {

	private static final int MESSAGES = 20_000;

	private static final int IN_FLIGHT = 1_000;

	private static final int READ = 500;

	private static final long MAX_LENGTH = 1_000_000;

	@Override
	public void run(Settings settings) throws Exception {
		try (ConfigurableApplicationContext application = BenchmarkApplication.start(settings)) {
			Counter counter = new Counter();
			application.getAutowireCapableBeanFactory().initializeBean(counter, "counter"); // listens
																							// from
																							// now
																							// on
			RedisStreams streams = application.getBean(RedisStreams.class);
			ByHand byHand = new ByHand(application, "benchmark:by-hand-1");
			ByHand control = new ByHand(application, "benchmark:by-hand-2");
			List<Way> ways = List.of(new Way("Lettuce, XADD + XREADGROUP + XACK", byHand::handOver),
					new Way("the same again", control::handOver),
					new Way("RedisStreams, @RedisStreamListener", () -> handOver(streams, counter)));
			double[][] perSecond = new double[ways.size()][settings.rounds()];
			for (int round = -2; round < settings.rounds(); round++) { // two to warm up
				for (int i = 0; i < ways.size(); i++) {
					int next = Math.floorMod(i + round, ways.size());
					long start = System.nanoTime();
					ways.get(next).work().call();
					if (round >= 0) {
						perSecond[next][round] = MESSAGES * 1e9 / (System.nanoTime() - start);
					}
				}
			}
			print(ways, perSecond);
		}
	}

	private static void print(List<Way> ways, double[][] perSecond) {
		Table table = new Table(List.of("", "messages/s", "÷ " + ways.get(0).name()));
		for (int i = 0; i < perSecond.length; i++) {
			double[] own = perSecond[i];
			double[] ratios = IntStream.range(0, own.length)
				.mapToDouble((round) -> own[round] / perSecond[0][round])
				.toArray();
			table.add(List.of(ways.get(i).name(), "%,.0f".formatted(Spread.of(own).median()),
					(i == 0) ? "1" : Spread.of(ratios).format("%.2f")));
		}
		System.out.printf("%n## Streams%n%n%,d messages in each round, handed over and acknowledged.%n%n%s", MESSAGES,
				table);
	}

	private static boolean handOver(RedisStreams streams, Counter counter) throws Exception {
		CountDownLatch all = new CountDownLatch(MESSAGES);
		counter.latch.set(all);
		List<CompletableFuture<?>> sent = new ArrayList<>(IN_FLIGHT);
		for (int i = 0; i < MESSAGES; i++) {
			sent.add(streams.addAsync("benchmark", Product.of(i)).toCompletableFuture());
			if (sent.size() == IN_FLIGHT) {
				CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new)).join();
				sent.clear();
			}
		}
		return all.await(1, TimeUnit.MINUTES) || failed();
	}

	private static boolean failed() {
		throw new IllegalStateException("Not all messages came");
	}

	/** Counts what it gets. */
	static final class Counter {

		private final AtomicReference<CountDownLatch> latch = new AtomicReference<>(new CountDownLatch(0));

		@RedisStreamListener(stream = "benchmark", group = "benchmark")
		void on(Product product) {
			this.latch.get().countDown();
		}

	}

	/** The same on Lettuce without a library. */
	private static final class ByHand {

		private final JsonMapper mapper = JsonMapper.shared();

		private final ObjectWriter writer = this.mapper.writerFor(Product.class);

		private final ObjectReader reader = this.mapper.readerFor(Product.class);

		private final RedisAsyncCommands<byte[], byte[]> sender;

		private final StatefulRedisConnection<byte[], byte[]> receiver;

		private final byte[] stream;

		private final byte[] group = "benchmark".getBytes(StandardCharsets.US_ASCII);

		private final byte[] field = "payload".getBytes(StandardCharsets.US_ASCII);

		ByHand(ConfigurableApplicationContext application, String stream) throws Exception {
			this.sender = RateLimitByHand.connection(application).async();
			this.receiver = RateLimitByHand.connection(application);
			this.receiver.setTimeout(Duration.ofMinutes(1));
			this.stream = stream.getBytes(StandardCharsets.US_ASCII);
			this.sender
				.xgroupCreate(StreamOffset.from(this.stream, "0"), this.group, XGroupCreateArgs.Builder.mkstream())
				.get();
		}

		boolean handOver() throws Exception {
			CompletableFuture<Integer> received = CompletableFuture.supplyAsync(this::receive);
			XAddArgs args = new XAddArgs().maxlen(MAX_LENGTH).approximateTrimming();
			List<RedisFuture<String>> sent = new ArrayList<>(IN_FLIGHT);
			for (int i = 0; i < MESSAGES; i++) {
				sent.add(this.sender.xadd(this.stream, args, this.field, this.writer.writeValueAsBytes(Product.of(i))));
				if (sent.size() == IN_FLIGHT) {
					for (RedisFuture<String> future : sent) {
						future.get();
					}
					sent.clear();
				}
			}
			return received.get() == MESSAGES || failed();
		}

		@SuppressWarnings("unchecked") // an array of one offset
		private int receive() {
			XReadArgs args = XReadArgs.Builder.count(READ).block(1_000);
			int count = 0;
			while (count < MESSAGES) {
				List<StreamMessage<byte[], byte[]>> messages = this.receiver.sync()
					.xreadgroup(Consumer.from(this.group, this.group), args, StreamOffset.lastConsumed(this.stream));
				for (StreamMessage<byte[], byte[]> message : messages) {
					Product product = this.reader.readValue(message.getBody().values().iterator().next());
					count += (product != null) ? 1 : 0;
				}
				if (!messages.isEmpty()) {
					this.sender.xack(this.stream, this.group,
							messages.stream().map(StreamMessage::getId).toArray(String[]::new));
				}
			}
			return count;
		}

	}

	/**
	 * A way to hand messages over.
	 *
	 * @param name how it is called in the table
	 * @param work hands all of them over once
	 */
	private record Way(String name, Work work) {
	}

	@FunctionalInterface
	private interface Work {

		boolean call() throws Exception;

	}

}
