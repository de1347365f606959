package io.github.rediskit.autoconfigure;

import java.util.List;
import java.util.function.UnaryOperator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.util.ClassUtils;

/**
 * What runs in a thread of ours goes along with what the application has all tasks take
 * along.
 */
final class TaskContext {

	private static final String CONTEXT_PROPAGATION = "io.micrometer.context.ContextSnapshotFactory";

	private TaskContext() {
	}

	static UnaryOperator<Runnable> of(ObjectProvider<TaskDecorator> decorators) {
		List<TaskDecorator> known = decorators.orderedStream().toList();
		List<TaskDecorator> used = (known.isEmpty() && ClassUtils.isPresent(CONTEXT_PROPAGATION, null))
				? List.of(new ContextPropagatingTaskDecorator()) : known;
		return (task) -> {
			Runnable decorated = task;
			for (TaskDecorator decorator : used) {
				decorated = decorator.decorate(decorated);
			}
			return decorated;
		};
	}

}
