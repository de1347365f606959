package io.github.rediskit.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values of one type as JSON in UTF-8.
 *
 * @param <V> the type of the values
 */
final class JsonValueCodec<V> implements ValueCodec<V> {

	private static final byte ID = 1;

	private final JavaType type;

	private final ObjectReader reader;

	private final ObjectWriter writer;

	private final long fingerprint;

	JsonValueCodec(JsonMapper mapper, JavaType type, TypeShape shape) {
		this.type = type;
		this.reader = mapper.readerFor(type);
		this.writer = DeclaredClasses.only(shape.classes(), mapper.writerFor(type));
		this.fingerprint = shape.fingerprint();
	}

	@Override
	public byte id() {
		return ID;
	}

	@Override
	public long fingerprint() {
		return this.fingerprint;
	}

	@Override
	public byte[] encode(V value) {
		if (TypeShape.losesItsClass(this.type, value.getClass())) {
			throw new CodecException("A %s would be read back as a %s: declare what is returned, or seal its parent"
				.formatted(value.getClass().getName(), this.type.getTypeName()), null);
		}
		try {
			return this.writer.writeValueAsBytes(value);
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw unwritable(value.getClass(), ex);
		}
	}

	/** Without the cause, whose message may quote the value. */
	private static CodecException unwritable(Class<?> type, Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null && !(root instanceof CodecException)) {
			root = root.getCause();
		}
		return (root instanceof CodecException refusal) ? refusal
				: new CodecException("A %s can't be written as JSON: %s".formatted(type.getName(), kind(root)), null);
	}

	@Override
	public @Nullable V decode(byte[] bytes, int offset, int length) {
		try {
			return this.reader.readValue(bytes, offset, length);
		}
		catch (RuntimeException | StackOverflowError ex) {
			// Jackson's message may quote the value
			throw new CodecException("No JSON of a %s: %s".formatted(this.type.getTypeName(), kind(ex)), null);
		}
	}

	private static String kind(Throwable failure) {
		return failure.getClass().getSimpleName();
	}

}
