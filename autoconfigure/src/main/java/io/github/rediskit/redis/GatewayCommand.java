package io.github.rediskit.redis;

import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;

/**
 * A command that is its own answer: failures are translated, and the observer is told, in
 * the step that completes it. Each step of its own would be work for the I/O thread, of
 * which all callers have one.
 *
 * @param <T> the type of the answer
 */
class GatewayCommand<T> extends AsyncCommand<byte[], byte[], T> {

	private final String what;

	private final Consumer<@Nullable Throwable> observer;

	private @Nullable BiConsumer<? super T, Throwable> timeout;

	/**
	 * Creates a command.
	 * @param what what is asked for, for messages
	 * @param type the command
	 * @param arguments its arguments
	 * @param output what reads the answer
	 * @param observer what is told, before anybody else, that Redis answered, or why not
	 */
	GatewayCommand(String what, CommandType type, EncodedArguments arguments, CommandOutput<byte[], byte[], T> output,
			Consumer<@Nullable Throwable> observer) {
		super(new Command<>(type, output, arguments));
		this.what = what;
		this.observer = observer;
	}

	/** Whoever reads the answer calls this. */
	@Override
	public void complete() {
		String error = getOutput().getError();
		if (error != null) {
			completeExceptionally(new RedisCommandExecutionException(error));
		}
		else {
			super.complete();
		}
	}

	@Override
	public boolean complete(T answer) {
		ends(answer, null);
		return super.complete(answer);
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		if (isDone()) {
			return false;
		}
		RuntimeException translated = LettuceGateway.translation(this.what, failure);
		ends(null, translated);
		return super.completeExceptionally(translated);
	}

	/** Lettuce calls this, for what it does not send any more. */
	@Override
	public void cancel() {
		completeExceptionally(new CancellationException("The connection was closed"));
	}

	/** The first who asks is the timeout, which is no longer needed then: no stage. */
	@Override
	public void onComplete(BiConsumer<? super T, Throwable> action) {
		if (this.timeout == null && !isDone()) {
			this.timeout = action;
		}
		else {
			super.onComplete(action);
		}
	}

	private void ends(@Nullable T answer, @Nullable RuntimeException failure) {
		BiConsumer<? super T, Throwable> timeout = this.timeout;
		if (timeout != null) {
			timeout.accept(answer, failure);
		}
		this.observer.accept(failure);
	}

}
