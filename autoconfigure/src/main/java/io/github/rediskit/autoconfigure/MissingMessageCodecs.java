package io.github.rediskit.autoconfigure;

import java.lang.reflect.Type;

import io.github.rediskit.codec.MessageCodecs;

/**
 * Says what is missing as soon as a message is to be written or read.
 */
final class MissingMessageCodecs implements MessageCodecs {

	private static final String ADVICE = "Messages need Jackson, which is not on the classpath: "
			+ "add the dependency tools.jackson.core:jackson-databind, or a bean of type MessageCodecs";

	@Override
	public byte[] write(Object message) {
		throw new IllegalStateException(ADVICE);
	}

	@Override
	public <M> Reader<M> reader(Type type) {
		throw new IllegalStateException(ADVICE);
	}

}
