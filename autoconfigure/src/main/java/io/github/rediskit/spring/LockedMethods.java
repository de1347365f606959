package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.List;
import java.util.function.UnaryOperator;

import io.github.rediskit.lock.DistributedLock;
import org.jspecify.annotations.Nullable;

/**
 * The methods with {@link DistributedLock}.
 */
public final class LockedMethods extends AnnotatedMethods<LockedMethod> {

	private final UnaryOperator<String> placeholders;

	/**
	 * Creates the methods.
	 * @param placeholders resolves {@code ${…}} in a text
	 * @param search which methods have an annotation
	 */
	public LockedMethods(UnaryOperator<String> placeholders, AnnotationSearch search) {
		super(List.of(DistributedLock.class), search);
		this.placeholders = placeholders;
	}

	@Override
	@Nullable LockedMethod read(Method method, Class<?> targetClass) {
		return LockedMethod.read(method, targetClass, this.placeholders);
	}

	/**
	 * Whether no bean has a method that is locked.
	 * @return {@code true} if none of the beans made so far has one
	 */
	public boolean isNothingLocked() {
		return all().isEmpty();
	}

}
