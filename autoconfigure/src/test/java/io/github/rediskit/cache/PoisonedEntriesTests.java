package io.github.rediskit.cache;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.codec.CodecException;
import io.github.rediskit.codec.JsonValueCodecs;
import io.github.rediskit.codec.ValueCodec;
import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever can write to Redis can make a call return another value of the declared type,
 * if the entries are not encrypted, and nothing else: no exception comes out of the call,
 * and nothing is made that the type does not declare. All inputs go through the call.
 */
@RedisTest
@Timeout(120)
class PoisonedEntriesTests {

	/** Of a hundred batches: 1,000 are 100,000 inputs. */
	private static final int BATCH = Integer.getInteger("rediskit.test.poisoned-batch", 200);

	private static final EntryHeader HEADER = new EntryHeader((byte) 0, System.currentTimeMillis(), 12, 600_000, 0, 0,
			List.of());

	private static volatile int gadgets;

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newFixedThreadPool(8);

	private final Random random = new Random(104_729);

	/** Of each kind, an example. */
	private final Map<Type, Object> values = values();

	@BeforeEach
	void forgetGadgets() {
		gadgets = 0;
	}

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void noBytesMakeACallFailOrMakeWhatItsTypeDoesNotDeclare() throws Exception {
		Tally json = attack(42, (settings) -> settings.compressFrom = 100);
		Tally cbor = attack(28, (settings) -> settings.format = Format.CBOR);

		assertThat(json.calls() + cbor.calls()).isEqualTo(70 * BATCH);
		assertThat(json.misses()).containsKeys(MissReason.FORMAT, MissReason.INVALIDATED, MissReason.SCHEMA,
				MissReason.UNREADABLE);
		assertThat(cbor.misses()).containsKeys(MissReason.FORMAT, MissReason.UNREADABLE);
		assertThat(List.of(json.hits(), cbor.hits())).allMatch((hits) -> hits > BATCH);
		assertThat(gadgets).isZero();
	}

	@Test
	void noBytesMakeACallReturnWhatWasNotEncryptedForIt() throws Exception {
		Tally tally = attack(30, (settings) -> {
			settings.encryptionKey = "2026";
			settings.compressFrom = 100;
		});

		assertThat(tally.calls()).isEqualTo(30 * BATCH);
		assertThat(tally.misses()).containsKeys(MissReason.FORMAT, MissReason.INVALIDATED, MissReason.SCHEMA,
				MissReason.DECRYPTION);
		assertThat(tally.misses()).doesNotContainKey(MissReason.UNREADABLE);
		assertThat(gadgets).isZero();
	}

	private Tally attack(int batches, Consumer<TestSettings> changes) throws Exception {
		CacheSettings settings = TestSettings.with(changes);
		Tally tally = new Tally();
		List<Type> types = List.copyOf(this.values.keySet());
		try (CacheInstance instance = new CacheInstance(this.server.uri(), settings, TestKeys.of("2026"))) {
			for (int batch = 0; batch < batches; batch++) {
				attack(new Target(instance, settings, types.get(batch % types.size())), tally);
			}
		}
		this.server.flushAll();
		return tally;
	}

	private void attack(Target target, Tally tally) throws Exception {
		Map<byte[], byte[]> inputs = new HashMap<>();
		for (int id = 0; id < BATCH; id++) {
			inputs.put(target.keys.key(KeyId.of(id)), input(target, KeyId.of(id)));
		}
		this.server.bytes().mset(inputs);
		target.instance.events.take();
		List<Future<?>> calls = new ArrayList<>();
		for (int part = 0; part < 8; part++) {
			int first = part;
			calls.add(this.threads.submit(() -> {
				for (int id = first; id < BATCH; id += 8) {
					target.call(id);
				}
			}));
		}
		for (Future<?> call : calls) {
			call.get(60, TimeUnit.SECONDS);
		}
		tally.add(target.instance.events.take());
	}

	private byte[] input(Target target, KeyId id) {
		byte[] valid = target.format.write(id, target.stamp, HEADER, target.value);
		int begin = EntryHeader.length(valid);
		return switch (this.random.nextInt(12)) {
			case 0 -> HostileBytes.noise(this.random, 200);
			case 1 -> HostileBytes.replaced(valid, begin, valid.length, HostileBytes.noise(this.random, 200));
			case 2 -> HostileBytes.replaced(valid, 0, EntryHeader.STAMP_LENGTH, HostileBytes.noise(this.random, 40));
			case 3, 4 -> plain(HostileBytes.replaced(valid, begin, valid.length,
					HostileBytes.document(Gadget.class, this.random)));
			case 5 -> plain(HostileBytes.replaced(valid, begin, valid.length,
					HostileBytes.mutated(target.codec.encode(target.value), this.random)));
			case 6 -> header(valid);
			case 7 -> compressed(valid, begin);
			case 8 -> target.format.write(KeyId.of("another"), target.stamp, HEADER, target.value);
			default -> HostileBytes.mutated(valid, this.random);
		};
	}

	/** Neither compressed nor encrypted, it says. */
	private static byte[] plain(byte[] entry) {
		entry[18] = 0;
		return entry;
	}

	/** Any flags, number of tags and times, with or without room for the tags. */
	private byte[] header(byte[] entry) {
		byte[] result = this.random.nextBoolean() ? entry
				: Arrays.copyOf(entry, entry.length + this.random.nextInt(3000));
		result[18] = (byte) this.random.nextInt(this.random.nextBoolean() ? 16 : 256);
		if (this.random.nextBoolean()) {
			result[19] = (byte) this.random.nextInt();
		}
		ByteBuffer times = ByteBuffer.wrap(result, 20, 36);
		while (times.hasRemaining()) {
			times.putInt(this.random.nextBoolean() ? this.random.nextInt() : 0);
		}
		return result;
	}

	private byte[] compressed(byte[] entry, int begin) {
		byte[] result = Arrays.copyOf(entry, Math.max(entry.length, begin + 8));
		result[18] = (byte) (result[18] | EntryHeader.COMPRESSED);
		int[] sizes = { -1, 0, 1, 100, 1000, 1 << 24, (1 << 24) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE };
		ByteBuffer.wrap(result).putInt(begin, sizes[this.random.nextInt(sizes.length)]);
		return result;
	}

	private static Map<Type, Object> values() {
		Order order = new Order(1, "lamp", new BigDecimal("1.50"), Instant.EPOCH, Optional.of("note"),
				List.of(new Shape.Dot(1, 2), Shape.Unit.LINE), Map.of("a", new Shape.Group(List.of())));
		return Map.of(Order.class, order, Shape.class, new Shape.Group(List.of(new Shape.Dot(1, 2), Shape.Unit.LINE)),
				Bean.class, new Bean(), String.class, "text", long.class, 42L, byte[].class, new byte[] { 1, 2, 3 },
				new TypeReference<List<Map<String, Shape>>>() {
				}.getType(), List.of(Map.of("a", new Shape.Dot(1, 2))));
	}

	/** A cache under attack. */
	private static final class Target {

		private final CacheInstance instance;

		private final LeasedCache<Integer, Object> cache;

		private final KeyFamily keys;

		private final EntryFormat<Object> format;

		private final byte[] stamp;

		private final Object value;

		private final ValueCodec<Object> codec;

		private final boolean encrypted;

		private final boolean primitive;

		Target(CacheInstance instance, CacheSettings settings, Type type) {
			String name = "c" + Integer.toHexString(type.getTypeName().hashCode());
			this.instance = instance;
			this.cache = instance.caches().cache(name, type);
			this.keys = new KeySpace(null, "shop").family("cache", name);
			this.format = CacheInstance.formats(TestKeys.of("2026")).format(type, settings.storage(), this.keys::key);
			this.value = Objects.requireNonNull(values().get(type));
			this.cache.put(0, this.value);
			byte[] entry = RedisTestServer.shared().bytes().get(this.keys.key(KeyId.of(0)));
			this.stamp = Arrays.copyOf(entry, EntryHeader.STAMP_LENGTH);
			this.codec = new JsonValueCodecs(JsonMapper.shared()).codec(type);
			this.encrypted = settings.storage().encryptionKey() != null;
			this.primitive = type == long.class;
		}

		void call(int id) {
			boolean[] loaded = new boolean[1];
			Object answer = this.cache.get(id, (key) -> {
				loaded[0] = true;
				return this.value;
			});
			if (loaded[0]) {
				assertThat(answer).isSameAs(this.value);
			}
			else if (this.encrypted) {
				assertThat(answer).isEqualTo(this.value);
			}
			else if (answer != null) {
				requireDeclared(answer);
			}
			else {
				assertThat(this.primitive).isFalse();
			}
		}

		/** What can be written is of the declared type, all the way down. */
		private void requireDeclared(Object answer) {
			try {
				byte[] bytes = this.codec.encode(answer);
				assertThat(this.codec.decode(bytes, 0, bytes.length)).isEqualTo(answer);
			}
			catch (CodecException ex) {
				throw new AssertionError("Not of the declared type: " + answer, ex);
			}
		}

	}

	/** What became of the calls. */
	private static final class Tally {

		private final Map<MissReason, Integer> misses = new EnumMap<>(MissReason.class);

		private int hits;

		void add(List<String> events) {
			for (String event : events) {
				if (event.equals("hit")) {
					this.hits++;
				}
				else if (event.startsWith("miss:")) {
					this.misses.merge(MissReason.valueOf(event.substring(5)), 1, Integer::sum);
				}
				else {
					assertThat(event).isNotIn("bypassed", "refused", "store-failed", "deferred");
				}
			}
		}

		int hits() {
			return this.hits;
		}

		Map<MissReason, Integer> misses() {
			return this.misses;
		}

		int calls() {
			return this.hits + this.misses.values().stream().mapToInt(Integer::intValue).sum();
		}

	}

	record Order(long id, String name, BigDecimal price, Instant at, Optional<String> note, List<Shape> shapes,
			Map<String, Shape> named) {
	}

	sealed interface Shape {

		record Dot(int x, int y) implements Shape {
		}

		record Group(List<Shape> shapes) implements Shape {
		}

		enum Unit implements Shape {

			POINT, LINE

		}

	}

	static class Bean {

		private int number = 1;

		private @Nullable List<String> texts = new ArrayList<>(List.of("a", "b"));

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Bean that && this.number == that.number && Objects.equals(this.texts, that.texts);
		}

		@Override
		public int hashCode() {
			return this.number;
		}

	}

	/** What an attacker would like to be made, or at least loaded. */
	public static class Gadget extends Bean {

		static {
			gadgets++;
		}

		public Gadget() {
		}

		public Gadget(String argument) {
		}

	}

}
