package io.github.rediskit.benchmark;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a lock guards: a few bytes of a file that all processes have in memory. So it is
 * seen who had the lock before, and whether two have it.
 */
final class Ground {

	private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

	private static final int INSIDE = 0;

	private static final int LAST = Integer.BYTES;

	private final ByteBuffer memory;

	/**
	 * Maps a file.
	 * @param file the file, empty at first
	 */
	Ground(Path file) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			this.memory = channel.map(MapMode.READ_WRITE, 0, 2 * Integer.BYTES);
		}
	}

	/**
	 * Somebody has the lock, and gives it back after this.
	 * @param caller who, among all callers of all processes
	 * @return whether somebody else had it before
	 */
	boolean isEnteredByAnother(int caller) {
		if ((int) INTS.getAndAdd(this.memory, INSIDE, 1) != 0) {
			throw new IllegalStateException("Two have the lock");
		}
		boolean another = (int) INTS.getVolatile(this.memory, LAST) != caller + 1;
		INTS.setVolatile(this.memory, LAST, caller + 1);
		INTS.getAndAdd(this.memory, INSIDE, -1);
		return another;
	}

}
