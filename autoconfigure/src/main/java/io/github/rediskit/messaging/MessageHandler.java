package io.github.rediskit.messaging;

import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * Handles messages, in a thread of its own that may block.
 */
@FunctionalInterface
public interface MessageHandler {

	/**
	 * Handles messages. They are acknowledged when this has returned, and what it returns
	 * has ended.
	 * @param messages one message, or as many as a batch has at most
	 * @return when they are handled; {@code null} if they are already
	 * @throws Exception if they could not be handled
	 */
	@Nullable CompletionStage<?> handle(List<ReceivedMessage> messages) throws Exception;

}
