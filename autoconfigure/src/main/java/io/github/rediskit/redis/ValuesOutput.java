package io.github.rediskit.redis;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values of several keys.
 */
final class ValuesOutput extends CommandOutput<byte[], byte[], List<byte @Nullable []>> {

	private byte @Nullable [][] values = new byte[0][];

	private int next;

	ValuesOutput() {
		super(ByteArrayCodec.INSTANCE, List.of());
	}

	@Override
	public void multi(int count) {
		this.values = new byte[count][];
		this.next = 0;
		this.output = Arrays.asList(this.values);
	}

	@Override
	public void set(@Nullable ByteBuffer bytes) {
		this.values[this.next++] = (bytes != null) ? this.codec.decodeValue(bytes) : null;
	}

}
