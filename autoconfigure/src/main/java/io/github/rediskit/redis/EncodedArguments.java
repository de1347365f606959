package io.github.rediskit.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of a command as they are sent. Who calls puts them into the words of the
 * protocol, not the I/O thread, of which all callers have one.
 */
final class EncodedArguments extends CommandArgs<byte[], byte[]> {

	private final int count;

	private final byte @Nullable [] firstKey;

	private final byte[] encoded;

	private EncodedArguments(int count, byte @Nullable [] firstKey, byte[] encoded) {
		super(ByteArrayCodec.INSTANCE);
		this.count = count;
		this.firstKey = firstKey;
		this.encoded = encoded;
	}

	static EncodedArguments ofKeys(byte[][] keys) {
		Encoder encoder = new Encoder(Encoder.size(keys));
		encoder.add(keys);
		return new EncodedArguments(keys.length, (keys.length > 0) ? keys[0] : null, encoder.bytes);
	}

	/**
	 * The arguments of a script.
	 * @param script its digest, or its text
	 * @param keys its keys
	 * @param arguments what else it is told
	 */
	static EncodedArguments ofScript(byte[] script, byte[][] keys, byte[][] arguments) {
		byte[] number = Integer.toString(keys.length).getBytes(StandardCharsets.US_ASCII);
		Encoder encoder = new Encoder(
				Encoder.size(script) + Encoder.size(number) + Encoder.size(keys) + Encoder.size(arguments));
		encoder.add(script);
		encoder.add(number);
		encoder.add(keys);
		encoder.add(arguments);
		return new EncodedArguments(2 + keys.length + arguments.length, (keys.length > 0) ? keys[0] : null,
				encoder.bytes);
	}

	@Override
	public int count() {
		return this.count;
	}

	@Override
	public void encode(ByteBuf buffer) {
		buffer.writeBytes(this.encoded);
	}

	/** A cluster's node is found by it. */
	@Override
	public @Nullable ByteBuffer getFirstEncodedKey() {
		return (this.firstKey != null) ? ByteBuffer.wrap(this.firstKey) : null;
	}

	/** For traces: who reads them need not know the values, nor whose they are. */
	@Override
	public String toCommandString() {
		String key = (this.firstKey != null) ? new String(this.firstKey, StandardCharsets.US_ASCII) : "";
		int id = key.indexOf('{');
		return (id >= 0) ? key.substring(0, id) : key;
	}

	/**
	 * Writes each argument as its length and its bytes.
	 */
	private static final class Encoder {

		private final byte[] bytes;

		private int end;

		Encoder(int size) {
			this.bytes = new byte[size];
		}

		static int size(byte[][] arguments) {
			int size = 0;
			for (byte[] argument : arguments) {
				size += size(argument);
			}
			return size;
		}

		static int size(byte[] argument) {
			return 1 + digits(argument.length) + 2 + argument.length + 2;
		}

		private static int digits(int number) {
			int digits = 1;
			for (int rest = number / 10; rest > 0; rest /= 10) {
				digits++;
			}
			return digits;
		}

		void add(byte[][] arguments) {
			for (byte[] argument : arguments) {
				add(argument);
			}
		}

		void add(byte[] argument) {
			this.bytes[this.end++] = '$';
			int after = this.end + digits(argument.length);
			int rest = argument.length;
			for (int place = after - 1; place >= this.end; place--) {
				this.bytes[place] = (byte) ('0' + rest % 10);
				rest /= 10;
			}
			this.end = after;
			endLine();
			System.arraycopy(argument, 0, this.bytes, this.end, argument.length);
			this.end += argument.length;
			endLine();
		}

		private void endLine() {
			this.bytes[this.end++] = '\r';
			this.bytes[this.end++] = '\n';
		}

	}

}
