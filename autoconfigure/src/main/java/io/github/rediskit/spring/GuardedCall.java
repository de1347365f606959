package io.github.rediskit.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * A call that has to be let in before its method runs, and that tells when it has ended.
 */
interface GuardedCall {

	/**
	 * Asks to be let in, without waiting for the answer.
	 * @param subscriber the context of who subscribes to what the method returns, if
	 * anybody does
	 * @return the call on its way
	 */
	Entry enter(ContextView subscriber);

	/**
	 * Asks to be let in, where nobody subscribes.
	 * @return the call on its way
	 */
	default Entry enter() {
		return enter(Context.empty());
	}

	/**
	 * Runs what follows an answer that did not come at once, since who brings it must not
	 * be blocked.
	 * @return the executor
	 */
	Executor executor();

	/**
	 * Takes along what is bound to the current thread.
	 * @param task what runs in another thread
	 * @return the task with its context
	 */
	Runnable inContext(Runnable task);

	/**
	 * A call on its way.
	 */
	interface Entry {

		/**
		 * Whether the call may go on.
		 * @return completed, never with a failure, when {@link #proceed()} knows what to
		 * do
		 */
		CompletableFuture<@Nullable Void> decided();

		/**
		 * Goes on to the method, or to what takes its place.
		 * @return what that returned
		 * @throws Throwable what that threw, or that the call was not let in
		 */
		@Nullable Object proceed() throws Throwable;

		/**
		 * Says that the call has ended, or that nobody waits for it any more. It can be
		 * said at any time, by any thread; only the first time counts.
		 */
		void leave();

		/**
		 * What an interruption means to who waits to be let in.
		 * @return what the caller gets, or {@code null} if the answer comes soon and is
		 * waited for
		 */
		@Nullable RuntimeException interrupted();

	}

}
