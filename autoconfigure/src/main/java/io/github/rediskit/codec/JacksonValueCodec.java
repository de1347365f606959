package io.github.rediskit.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values of one type, as Jackson sees them and a {@link Wire} carries them.
 *
 * @param <V> the type of the values
 */
final class JacksonValueCodec<V> implements ValueCodec<V> {

	private final Wire wire;

	private final JavaType type;

	private final ObjectReader reader;

	private final ObjectWriter writer;

	private final long fingerprint;

	JacksonValueCodec(Wire wire, JsonMapper mapper, JavaType type, TypeShape shape) {
		this.wire = wire;
		this.type = type;
		this.reader = mapper.readerFor(type);
		this.writer = DeclaredClasses.only(shape.classes(), mapper.writerFor(type));
		this.fingerprint = shape.fingerprint();
	}

	@Override
	public byte id() {
		return this.wire.id();
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
			return this.wire.write(this.writer, value);
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw unwritable(value.getClass(), ex);
		}
	}

	/** Without the cause, whose message may quote the value. */
	private CodecException unwritable(Class<?> type, Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null && !(root instanceof CodecException)) {
			root = root.getCause();
		}
		return (root instanceof CodecException refusal) ? refusal : new CodecException(
				"A %s can't be written as %s: %s".formatted(type.getName(), this.wire, kind(root)), null);
	}

	@Override
	@SuppressWarnings("unchecked") // the reader reads this type
	public @Nullable V decode(byte[] bytes, int offset, int length) {
		try {
			return (V) this.wire.read(this.reader, bytes, offset, length);
		}
		catch (RuntimeException | StackOverflowError ex) {
			// Jackson's message may quote the value
			throw new CodecException("No %s of a %s: %s".formatted(this.wire, this.type.getTypeName(), kind(ex)), null);
		}
	}

	private static String kind(Throwable failure) {
		return failure.getClass().getSimpleName();
	}

}
