package io.github.rediskit.redis;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import org.jspecify.annotations.Nullable;

/**
 * Reads an array of numbers and bytes, which is what scripts answer: most have no array
 * within, and pay for none.
 */
final class ArrayOutput extends CommandOutput<byte[], byte[], List<@Nullable Object>> {

	private int depth;

	private @Nullable Deque<List<@Nullable Object>> outer;

	ArrayOutput() {
		super(ByteArrayCodec.INSTANCE, List.of());
	}

	@Override
	public void multi(int count) {
		begin(Math.max(0, count));
	}

	private void begin(int count) {
		List<@Nullable Object> array = new ArrayList<>(count);
		if (this.depth++ > 0) {
			this.output.add(array);
			if (this.outer == null) {
				this.outer = new ArrayDeque<>();
			}
			this.outer.push(this.output);
		}
		this.output = array;
	}

	@Override
	public void complete(int depth) {
		if (this.outer != null && depth > 0 && depth < this.depth) {
			this.output = this.outer.pop();
			this.depth--;
		}
	}

	@Override
	public void set(long number) {
		add(number);
	}

	@Override
	public void set(@Nullable ByteBuffer bytes) {
		add((bytes != null) ? this.codec.decodeValue(bytes) : null);
	}

	/** An answer that is no array becomes one of one element. */
	private void add(@Nullable Object element) {
		if (this.depth == 0) {
			begin(1);
		}
		this.output.add(element);
	}

}
