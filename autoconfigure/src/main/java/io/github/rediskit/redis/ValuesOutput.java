package io.github.rediskit.redis;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values of several keys.
 */
final class ValuesOutput extends CommandOutput<byte[], byte[], List<byte @Nullable []>> {

	ValuesOutput() {
		super(ByteArrayCodec.INSTANCE, List.of());
	}

	@Override
	public void multi(int count) {
		this.output = new ArrayList<>(count);
	}

	@Override
	public void set(@Nullable ByteBuffer bytes) {
		this.output.add((bytes != null) ? this.codec.decodeValue(bytes) : null);
	}

}
