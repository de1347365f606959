package io.github.rediskit.ratelimit;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.testing.ChildJvm;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes with 64 threads each on one key, measured by the server's clock alone.
 * {@code -Drediskit.test.rate-limit-processes} says how many,
 * {@code -Drediskit.test.rate-limit-seconds} for how long.
 */
@RedisTest
@Timeout(300)
@MeasuresTime
class RateLimitProcessesTests {

	private static final Log logger = LogFactory.getLog(RateLimitProcessesTests.class);

	private static final int SECONDS = Integer.getInteger("rediskit.test.rate-limit-seconds", 2);

	private static final int PROCESSES = Integer.getInteger("rediskit.test.rate-limit-processes", 2);

	private static final int THREADS = 64;

	private static final String KEY = "shop:rate-limit:hammer:{alice}";

	private final RedisTestServer server = RedisTestServer.shared();

	/**
	 * The processes end when the bucket has refused them a cost of one after their last
	 * call that was admitted, so that nothing is left that could have been taken.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 5 })
	void aTokenBucketGivesExactlyWhatFlowsIn(int largestCost) throws Exception {
		long capacity = 300;
		long microsPerToken = 1_000;
		List<String> output = outputOf(start("TOKEN_BUCKET", 1_000, 1_000, capacity, largestCost));
		List<Admission> admissions = output.stream()
			.filter((line) -> line.startsWith("admitted "))
			.map(Admission::parsed)
			.sorted(Comparator.comparing(Admission::full))
			.toList();
		long given = 0;
		long full = admissions.get(0).time();
		long wasFull = 0; // for so long the load was too little, so nothing flowed in
		long mostAtOnce = 0;
		for (Admission admission : admissions) {
			wasFull += Math.max(0, admission.time() - full);
			given += admission.full() - Math.max(full, admission.time());
			full = admission.full();
			mostAtOnce = Math.max(mostAtOnce, full - admission.time());
		}
		long total = total(output);
		long micros = admissions.get(admissions.size() - 1).time() - admissions.get(0).time();
		long mayFlow = capacity + (micros - wasFull) / microsPerToken;
		logger.info("costs up to %d: admitted %,d, at most %,d, in %,d µs of which the bucket was full for %,d µs"
			.formatted(largestCost, total, mayFlow, micros, wasFull));
		// what Redis counted is what the callers were given
		assertThat(given).isEqualTo(total * microsPerToken);
		assertThat(total).isBetween(mayFlow - largestCost, mayFlow);
		// not only from the beginning, but in any time
		assertThat(mostAtOnce).isLessThanOrEqualTo(capacity * microsPerToken);
		assertThat(wasFull).isLessThan(micros / 2);
	}

	/** A second limit of an hour keeps all entries, with the server's times. */
	@Test
	void aSlidingLogIsNeverAboveItsLimitInAnyWindow() throws Exception {
		int limit = 200;
		long window = 500_000;
		List<String> output = outputOf(start("SLIDING_LOG", limit, window / 1_000, limit, 3));
		List<long[]> admissions = new ArrayList<>();
		long sum = 0;
		for (ScoredValue<String> entry : this.server.commands().zrangeWithScores(KEY, 0, -1)) {
			String[] parts = entry.getValue().split(":");
			long cost = Long.parseLong(parts[3]);
			sum += cost;
			assertThat(Long.parseLong(parts[1])).as("no entry is missing").isEqualTo(admissions.size() + 1);
			assertThat(Long.parseLong(parts[2])).isEqualTo(sum);
			admissions.add(new long[] { (long) entry.getScore(), cost });
		}
		assertThat(total(output)).isEqualTo(sum);
		int oldest = 0;
		long within = 0;
		long most = 0;
		for (long[] admission : admissions) {
			within += admission[1];
			while (admissions.get(oldest)[0] <= admission[0] - window) {
				within -= admissions.get(oldest++)[1];
			}
			most = Math.max(most, within);
		}
		logger.info("sliding log: admitted %,d, at most %d of %d in any window".formatted(sum, most, limit));
		assertThat(most).isEqualTo(limit);
		assertThat(sum).isBetween((long) limit * SECONDS, 9_999L);
	}

	private static List<String> outputOf(List<Process> processes) {
		try {
			return processes.stream().flatMap((process) -> process.inputReader().lines()).toList();
		}
		finally {
			processes.forEach(Process::destroyForcibly);
		}
	}

	private static long total(List<String> output) {
		List<String> totals = output.stream().filter((line) -> line.startsWith("total ")).toList();
		assertThat(totals).hasSize(PROCESSES);
		assertThat(output).filteredOn((line) -> line.startsWith("outages ")).containsOnly("outages 0");
		return totals.stream().mapToLong((line) -> Long.parseLong(line.substring("total ".length()))).sum();
	}

	/** Starts the processes, all of which begin at once. */
	private List<Process> start(String algorithm, long limit, long periodMillis, long capacity, int largestCost)
			throws IOException {
		List<Process> processes = new ArrayList<>();
		for (int i = 0; i < PROCESSES; i++) {
			processes.add(ChildJvm.start(Hammers.class, this.server.uri(), algorithm, Long.toString(limit),
					Long.toString(periodMillis), Long.toString(capacity), Integer.toString(largestCost),
					Integer.toString(SECONDS)));
		}
		try {
			for (Process process : processes) {
				awaitReady(process.inputReader());
			}
			for (Process process : processes) {
				process.outputWriter().append("go\n").flush();
			}
			return processes;
		}
		catch (IOException | AssertionError ex) {
			processes.forEach(Process::destroyForcibly);
			throw ex;
		}
	}

	private static void awaitReady(BufferedReader output) throws IOException {
		String line = output.readLine();
		while (line != null && !line.equals("ready")) {
			line = output.readLine();
		}
		assertThat(line).isEqualTo("ready");
	}

	/**
	 * A call that a token bucket admitted.
	 *
	 * @param time when, by the server's clock
	 * @param full when the bucket would be full then
	 */
	record Admission(long time, long full) {

		static Admission parsed(String line) {
			String[] words = line.split(" ");
			return new Admission(Long.parseLong(words[1]), Long.parseLong(words[2]));
		}

	}

	/** Calls as fast as it can. */
	static final class Hammers {

		private Hammers() {
		}

		public static void main(String[] args) throws Exception {
			List<Limit> limits = new ArrayList<>();
			limits.add(new Limit(Long.parseLong(args[2]), Duration.ofMillis(Long.parseLong(args[3])),
					Long.parseLong(args[4])));
			RateLimitAlgorithm algorithm = RateLimitAlgorithm.valueOf(args[1]);
			if (algorithm == RateLimitAlgorithm.SLIDING_LOG) {
				limits.add(Limit.of(10_000, Duration.ofHours(1)));
			}
			RateLimitPolicy policy = RateLimitPolicy.of("hammer", algorithm, limits)
				.withTimeBudget(Duration.ofSeconds(10))
				.withOnFailure(OnFailure.CLOSED);
			PrintStream output = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
			Queue<Admission> admissions = new ConcurrentLinkedQueue<>();
			boolean watched = policy.algorithm() == RateLimitAlgorithm.TOKEN_BUCKET;
			BareInstance instance = new BareInstance(args[0],
					watched ? watching(args[0], admissions) : UnaryOperator.identity(), List.of(), policy);
			AtomicLong total = new AtomicLong();
			CountDownLatch warm = new CountDownLatch(THREADS);
			CountDownLatch go = new CountDownLatch(1);
			ExecutorService threads = Executors.newFixedThreadPool(THREADS);
			List<Future<?>> callers = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				callers.add(threads.submit(() -> {
					for (int call = 0; call < 100; call++) { // no cold start
						instance.limiter.tryAcquire("hammer", Thread.currentThread().getName() + call, 1);
					}
					warm.countDown();
					go.await();
					hammer(instance.limiter, Integer.parseInt(args[5]), Integer.parseInt(args[6]), total);
					return null;
				}));
			}
			warm.await();
			admissions.clear();
			output.println("ready");
			if (System.in.read() < 0) {
				System.exit(1); // nobody is there any more
			}
			go.countDown();
			for (Future<?> caller : callers) {
				caller.get();
			}
			admissions.forEach((admission) -> output.println("admitted " + admission.time() + " " + admission.full()));
			output.println("total " + total);
			output.println("outages " + instance.outages);
			System.exit(0);
		}

		private static void hammer(RateLimiter limiter, int largestCost, int seconds, AtomicLong total) {
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
			boolean over = false;
			while (!over) {
				boolean late = System.nanoTime() - end >= 0;
				int cost = late ? 1 : 1 + ThreadLocalRandom.current().nextInt(largestCost);
				boolean allowed = limiter.tryAcquire("hammer", "alice", cost).allowed();
				if (allowed) {
					total.addAndGet(cost);
				}
				else {
					LockSupport.parkNanos(200_000); // the others want the processor, too
				}
				over = late && !allowed;
			}
		}

		/**
		 * The production script, which tells besides what time it saw, and what it wrote.
		 */
		private static UnaryOperator<RedisGateway> watching(String uri, Queue<Admission> admissions) {
			RedisAsyncCommands<byte[], byte[]> redis = RedisClient.create(uri).connect(ByteArrayCodec.INSTANCE).async();
			Map<String, String> digests = new ConcurrentHashMap<>();
			return (gateway) -> (RedisGateway) Proxy.newProxyInstance(Hammers.class.getClassLoader(),
					new Class<?>[] { RedisGateway.class }, (proxy, method, arguments) -> {
						if (!method.getName().equals("run")) {
							try {
								return method.invoke(gateway, arguments);
							}
							catch (InvocationTargetException ex) {
								throw ex.getCause();
							}
						}
						LuaScript script = (LuaScript) arguments[0];
						String digest = digests.computeIfAbsent(script.sha1(), (sha1) -> load(redis, script));
						CompletionStage<List<@Nullable Object>> reply = redis.evalsha(digest, ScriptOutputType.MULTI,
								(byte[][]) arguments[1], (byte[][]) arguments[2]);
						return reply.thenApply((answer) -> {
							int size = answer.size() - 2;
							if (Tally.number(answer, size + 1) > 0) {
								admissions
									.add(new Admission(Tally.number(answer, size), Tally.number(answer, size + 1)));
							}
							return answer.subList(0, size);
						});
					});
		}

		private static String load(RedisAsyncCommands<byte[], byte[]> redis, LuaScript script) {
			String text = new String(script.text(), StandardCharsets.UTF_8);
			String watched = """
					local seen
					local function clock() seen = redis.call('TIME') return seen end
					local function decide()
					%s
					end
					local before = redis.call('GET', KEYS[1])
					local reply = decide()
					local after = redis.call('GET', KEYS[1])
					reply[#reply + 1] = seen[1] * 1000000 + seen[2]
					reply[#reply + 1] = (after and after ~= before) and tonumber(string.match(after, '(%d+) %d+$')) or 0
					return reply
					""".replace("%s", text.replace("redis.call('TIME')", "clock()"));
			return redis.scriptLoad(watched.getBytes(StandardCharsets.UTF_8)).toCompletableFuture().join();
		}

	}

}
