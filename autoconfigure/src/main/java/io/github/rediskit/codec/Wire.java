package io.github.rediskit.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;

/**
 * How the tokens that Jackson makes of a value become bytes. What is written, and what of
 * it is read, is decided before and is the same for all of them.
 */
interface Wire {

	/** JSON in UTF-8, RFC 8259. */
	Wire JSON = new Wire() {

		@Override
		public byte id() {
			return 1;
		}

		@Override
		public byte[] write(ObjectWriter writer, Object value) {
			return writer.writeValueAsBytes(value);
		}

		@Override
		public @Nullable Object read(ObjectReader reader, byte[] bytes, int offset, int length) {
			return reader.readValue(bytes, offset, length);
		}

		@Override
		public String toString() {
			return "JSON";
		}

	};

	/** The number by which readers recognize it. */
	byte id();

	byte[] write(ObjectWriter writer, Object value);

	@Nullable Object read(ObjectReader reader, byte[] bytes, int offset, int length);

}
