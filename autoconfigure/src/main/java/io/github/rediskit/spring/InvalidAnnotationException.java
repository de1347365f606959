package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * An annotation on a method that can't work. The message names the method, what is wrong
 * and what to write instead.
 */
public class InvalidAnnotationException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param annotation the annotation
	 * @param method the method it is on
	 * @param problem what is wrong and what to write instead
	 * @param cause the cause, if any
	 */
	public InvalidAnnotationException(Class<? extends Annotation> annotation, Method method, String problem,
			@Nullable Throwable cause) {
		super("@%s on %s: %s".formatted(annotation.getSimpleName(), describe(method), problem), cause);
	}

	private static String describe(Method method) {
		return "%s.%s(%s)".formatted(method.getDeclaringClass().getName(), method.getName(),
				Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).collect(Collectors.joining(", ")));
	}

}
