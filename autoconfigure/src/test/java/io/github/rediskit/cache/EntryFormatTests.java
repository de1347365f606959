package io.github.rediskit.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.cache.EntryHeader.TagStamp;
import io.github.rediskit.codec.CodecException;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EntryFormatTests {

	private static final byte[] GENERATION = { 1, 2, 3, 4, 5, 6, 7, 8 };

	private static final KeyId ID = KeyId.of(42);

	private static final Book SHORT = new Book(42, "Moby Dick", "Call me Ishmael.");

	private static final Book LONG = new Book(42, "Moby Dick", "Call me Ishmael. ".repeat(500));

	private static final EntryHeader HEADER = new EntryHeader((byte) 0, 1_700_000_000_000L, 12, 600_000, 0, 0,
			List.of(new TagStamp(7, 8)));

	private final EncryptionKeys keys = TestKeys.of("2025", "2026");

	@ParameterizedTest
	@EnumSource(Format.class)
	void whatIsWrittenIsRead(Format format) {
		for (Consumer<TestSettings> more : variants()) {
			EntryFormat<Book> entries = format((settings) -> {
				settings.format = format;
				more.accept(settings);
			});
			for (Book book : new Book[] { SHORT, LONG, null }) {
				byte[] entry = entries.write(ID, entries.stamp(GENERATION), HEADER, book);
				assertThat(read(entries, ID, entry)).isEqualTo(book);
				assertThat(EntryHeader.of(entry).createdAt()).isEqualTo(HEADER.createdAt());
				assertThat(EntryHeader.of(entry).tags()).isEqualTo(HEADER.tags());
			}
		}
	}

	@Test
	void settingsThatChangeLeaveEntriesReadable() {
		for (Consumer<TestSettings> before : variants()) {
			byte[] entry = write(format(before), ID, LONG);
			for (Consumer<TestSettings> after : variants()) {
				EntryFormat<Book> entries = format(after);
				boolean encrypted = EntryHeader.has(entry, EntryHeader.ENCRYPTED);
				boolean demanded = TestSettings.with(after).storage().encryptionKey() != null;
				assertThat(mismatch(entries, entry)).isEqualTo((demanded && !encrypted) ? MissReason.DECRYPTION : null);
				if (encrypted || !demanded) {
					assertThat(read(entries, ID, entry)).isEqualTo(LONG);
				}
			}
		}
	}

	@Test
	void onlyWhatBecomesSmallerIsCompressed() {
		EntryFormat<Book> entries = format((settings) -> settings.compressFrom = 1000);

		assertThat(EntryHeader.of(write(entries, ID, LONG)).flags()).isEqualTo(EntryHeader.COMPRESSED);
		assertThat(write(entries, ID, LONG)).hasSizeLessThan(500);
		assertThat(EntryHeader.of(write(entries, ID, SHORT)).flags()).isZero();
		assertThat(new String(write(entries, ID, SHORT), StandardCharsets.ISO_8859_1)).contains("Ishmael");
	}

	@Test
	void cborIsSmallerThanJson() {
		assertThat(write(format((settings) -> settings.format = Format.CBOR), ID, SHORT))
			.hasSizeLessThan(write(format((settings) -> {
			}), ID, SHORT).length);
	}

	@Test
	void nothingOfAnEncryptedValueIsReadable() {
		byte[] entry = write(format(encrypted("2026")), ID, SHORT);

		assertThat(new String(entry, StandardCharsets.ISO_8859_1)).contains("2026")
			.doesNotContain("Ishmael", "Moby", "title");
	}

	@Test
	void anEncryptedNullIsNoSecretButCannotBeMade() {
		EntryFormat<Book> entries = format(encrypted("2026"));
		byte[] forged = format((settings) -> {
		}).write(ID, entries.stamp(GENERATION), HEADER, null);

		assertThat(mismatch(entries, forged)).isEqualTo(MissReason.DECRYPTION);
		forged[18] |= EntryHeader.ENCRYPTED;
		refused(entries, ID, forged);
	}

	@Test
	void everyBitOfAnEncryptedEntryIsAuthentic() {
		EntryFormat<Book> entries = format(encrypted("2026"));
		byte[] entry = write(entries, ID, SHORT);

		for (int bit = 0; bit < entry.length * 8; bit++) {
			byte[] changed = entry.clone();
			changed[bit / 8] ^= (byte) (1 << (bit % 8));
			refused(entries, ID, changed);
		}
	}

	@Test
	void anEncryptedEntryOfAnotherKeyOrCacheIsNone() {
		EntryFormat<Book> entries = format(encrypted("2026"));

		refused(entries, KeyId.of(43), write(entries, ID, SHORT));
		refused(entries, ID,
				write(CacheInstance.formats(this.keys)
					.format(Book.class, TestSettings.with(encrypted("2026")).storage(),
							new KeySpace(null, "shop").family("cache", "others")::key),
						ID, SHORT));
	}

	@Test
	void aCacheWithoutTheKeyOfAnEntryReadsItAsAMiss() {
		byte[] entry = write(format(encrypted("2025")), ID, SHORT);
		EntryFormat<Book> later = format(encrypted("2026"), TestKeys.of("2026"));

		assertThat(mismatch(later, entry)).isNull();
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> later.read(ID, entry, EntryHeader.of(entry)))
			.satisfies((ex) -> assertThat(EntryFormat.reason(ex)).isEqualTo(MissReason.DECRYPTION));
		assertThatIllegalArgumentException().isThrownBy(() -> format(encrypted("2025"), TestKeys.of("2026")))
			.withMessageContaining("'2025'");
	}

	@Test
	void aValueThatIsTooLargeAsItIsStoredIsRefused() {
		int size = write(format((settings) -> {
		}), ID, LONG).length - EntryHeader.LENGTH - 16;

		assertThat(write(format((settings) -> settings.maxSize = size), ID, LONG)).isNotEmpty();
		assertThatExceptionOfType(ValueTooLargeException.class)
			.isThrownBy(() -> write(format((settings) -> settings.maxSize = size - 1), ID, LONG))
			.withMessage("It has %d bytes as it is stored, which is more than max-value-size (%d bytes)", size,
					size - 1);
		assertThat(write(format((settings) -> {
			settings.maxSize = size / 4;
			settings.compressFrom = 0;
		}), ID, LONG)).isNotEmpty();
	}

	@Test
	void whatInflatesToMoreThanAValueMayHaveIsUnreadable() {
		EntryFormat<Book> entries = format((settings) -> settings.compressFrom = 0);
		byte[] entry = write(entries, ID, LONG);
		int begin = EntryHeader.length(entry);
		for (int declared : new int[] { -1, 0, 1, 1 << 23, (1 << 24) + 1, Integer.MAX_VALUE }) {
			ByteBuffer.wrap(entry).putInt(begin, declared);
			refused(entries, ID, entry);
		}
	}

	@Test
	void nullIsNoValueOfAPrimitive() {
		CacheSettings.Storage storage = TestSettings.with((settings) -> {
		}).storage();
		ValueFormats formats = CacheInstance.formats(this.keys);
		EntryFormat<Long> boxed = formats.format(Long.class, storage,
				new KeySpace(null, "shop").family("cache", "a")::key);
		EntryFormat<Long> plain = formats.format(long.class, storage,
				new KeySpace(null, "shop").family("cache", "a")::key);
		byte[] entry = boxed.write(ID, boxed.stamp(GENERATION), HEADER, null);

		assertThat(mismatch(boxed, entry)).isNull();
		assertThat(mismatch(plain, entry)).isEqualTo(MissReason.SCHEMA);
		assertThat(read(plain, ID, boxed.write(ID, boxed.stamp(GENERATION), HEADER, 5L))).isEqualTo(5L);
	}

	@Test
	void bytesThatSayNullWithoutTheFlagAreUnreadable() {
		EntryFormat<Book> entries = format((settings) -> {
		});
		byte[] header = HEADER.bytes(entries.stamp(GENERATION));
		byte[] entry = ByteBuffer.allocate(header.length + 4)
			.put(header)
			.put("null".getBytes(StandardCharsets.UTF_8))
			.array();

		refused(entries, ID, entry);
	}

	@Test
	void timesThatNobodyWritesAreNone() {
		EntryFormat<Book> entries = format((settings) -> {
		});
		for (int offset : new int[] { 20, 32, 40, 48 }) {
			for (long time : new long[] { -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 44 }) {
				byte[] entry = write(entries, ID, SHORT);
				ByteBuffer.wrap(entry).putLong(offset, time);
				assertThat(mismatch(entries, entry)).isEqualTo(MissReason.FORMAT);
			}
		}
	}

	@Test
	void anyBytesAreAMissOrAValue() {
		Random random = new Random(31);
		int values = 0;
		for (Consumer<TestSettings> variant : variants()) {
			EntryFormat<Book> entries = format(variant);
			byte[] valid = write(entries, ID, LONG);
			for (int i = 0; i < 15_000; i++) {
				byte[] entry = HostileBytes.mutated(valid, random);
				if (mismatch(entries, entry) == null) {
					try {
						entries.read(ID, entry, EntryHeader.of(entry));
						values++;
					}
					catch (CodecException ex) {
						assertThat(EntryFormat.reason(ex)).isIn(MissReason.UNREADABLE, MissReason.DECRYPTION);
					}
				}
			}
		}
		assertThat(values).isPositive();
	}

	private static List<Consumer<TestSettings>> variants() {
		return List.of((settings) -> {
		}, (settings) -> settings.compressFrom = 0, encrypted("2025"), encrypted("2026"),
				encrypted("2026").andThen((settings) -> settings.compressFrom = 100));
	}

	private static Consumer<TestSettings> encrypted(String key) {
		return (settings) -> settings.encryptionKey = key;
	}

	private EntryFormat<Book> format(Consumer<TestSettings> changes) {
		return format(changes, this.keys);
	}

	private static EntryFormat<Book> format(Consumer<TestSettings> changes, EncryptionKeys keys) {
		return CacheInstance.formats(keys)
			.format(Book.class, TestSettings.with(changes).storage(),
					new KeySpace(null, "shop").family("cache", "books")::key);
	}

	private static byte[] write(EntryFormat<Book> entries, KeyId id, Book book) {
		return entries.write(id, entries.stamp(GENERATION), HEADER, book);
	}

	private static @Nullable MissReason mismatch(EntryFormat<?> entries, byte[] entry) {
		return entries.mismatch(entry, GENERATION);
	}

	private static <V> @Nullable V read(EntryFormat<V> entries, KeyId id, byte[] entry) {
		assertThat(mismatch(entries, entry)).isNull();
		return entries.read(id, entry, EntryHeader.of(entry));
	}

	private static void refused(EntryFormat<?> entries, KeyId id, byte[] entry) {
		if (mismatch(entries, entry) == null) {
			assertThatExceptionOfType(CodecException.class)
				.isThrownBy(() -> entries.read(id, entry, EntryHeader.of(entry)));
		}
	}

	record Book(int id, String title, String text) {
	}

}
