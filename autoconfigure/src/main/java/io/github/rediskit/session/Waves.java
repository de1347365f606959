package io.github.rediskit.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Does something with each session of a user, some at a time. A user may have thousands
 * of sessions, and who sent thousands of commands at once would not have all their
 * answers in time.
 */
final class Waves {

	static final int SIZE = 100;

	private Waves() {
	}

	/**
	 * Does something with each session.
	 * @param <R> the type of what comes of it
	 * @param handles the sessions
	 * @param action what to do
	 * @return what came of it, in the order of the sessions
	 */
	static <R extends @Nullable Object> CompletionStage<List<R>> over(List<String> handles,
			Function<String, CompletionStage<R>> action) {
		return from(0, handles, action, new ArrayList<>());
	}

	private static <R extends @Nullable Object> CompletionStage<List<R>> from(int first, List<String> handles,
			Function<String, CompletionStage<R>> action, List<R> results) {
		CompletionStage<List<R>> all = CompletableFuture.completedStage(results);
		int next = Math.min(first + SIZE, handles.size());
		for (String handle : handles.subList(first, next)) {
			all = all.thenCombine(action.apply(handle), (before, result) -> {
				before.add(result);
				return before;
			});
		}
		return (next == handles.size()) ? all : all.thenCompose((before) -> from(next, handles, action, before));
	}

}
