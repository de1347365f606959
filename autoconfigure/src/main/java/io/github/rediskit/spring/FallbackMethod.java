package io.github.rediskit.spring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method that answers a call that does not reach the method itself.
 *
 * @param method the method
 * @param takesReason whether it takes, after the arguments, why that is so
 */
record FallbackMethod(Method method, boolean takesReason) {

	/**
	 * Finds the method.
	 * @param name its name, or empty for none
	 * @param guarded the method whose calls it answers
	 * @param targetClass the class of the bean
	 * @param returned what the guarded method returns
	 * @param reason why a call does not reach that: what the fallback may take in
	 * addition
	 * @param expressions the annotation
	 * @return the method, or {@code null} for none
	 */
	static @Nullable FallbackMethod read(String name, Method guarded, Class<?> targetClass, ResolvableType returned,
			Class<? extends Throwable> reason, MethodExpressions expressions) {
		if (name.isEmpty()) {
			return null;
		}
		Class<?>[] parameters = parameters(guarded, targetClass);
		String wanted = "write %s %s(%s), with a %s at the end if it is to be told".formatted(
				returned.resolve(Object.class).getSimpleName(), name,
				Arrays.stream(parameters).map(Class::getSimpleName).collect(Collectors.joining(", ")),
				reason.getSimpleName());
		List<Method> named = Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(targetClass))
			.filter((method) -> method.getName().equals(name) && !method.isBridge())
			.toList();
		if (named.isEmpty()) {
			throw expressions.invalid("there is no method %s for the fallback: %s".formatted(name, wanted), null);
		}
		List<Method> fitting = named.stream()
			.filter((method) -> !method.equals(guarded) && !Modifier.isAbstract(method.getModifiers()))
			.filter((method) -> accepts(method, targetClass, parameters, reason))
			.toList();
		if (fitting.isEmpty()) {
			throw expressions.invalid("no method %s takes what the fallback is given: %s".formatted(name, wanted),
					null);
		}
		Method found = (fitting.size() == 1) ? fitting.get(0) : theOne(fitting, name, parameters, expressions);
		ResolvableType answer = ResolvableType.forMethodReturnType(found, targetClass);
		if (!fits(returned, answer)) {
			throw expressions.invalid(
					"the fallback %s returns %s, which is no %s: %s".formatted(name, answer, returned, wanted), null);
		}
		ReflectionUtils.makeAccessible(found);
		return new FallbackMethod(found, found.getParameterCount() > parameters.length);
	}

	/** Of overloaded methods the one with exactly the same types. */
	private static Method theOne(List<Method> fitting, String name, Class<?>[] parameters,
			MethodExpressions expressions) {
		List<Method> same = fitting.stream()
			.filter((candidate) -> Arrays.equals(parameters,
					Arrays.copyOf(candidate.getParameterTypes(), parameters.length)))
			.toList();
		if (same.size() != 1) {
			throw expressions.invalid(
					"there is more than one method %s that fits the fallback: rename the others".formatted(name), null);
		}
		return same.get(0);
	}

	private static Class<?>[] parameters(Method method, Class<?> targetClass) {
		return Arrays.stream(method.getGenericParameterTypes())
			.map((type) -> resolved(type, targetClass))
			.toArray(Class<?>[]::new);
	}

	private static Class<?> resolved(Type type, Class<?> targetClass) {
		return ResolvableType.forType(GenericTypeResolver.resolveType(type, targetClass)).resolve(Object.class);
	}

	private static boolean accepts(Method method, Class<?> targetClass, Class<?>[] given, Class<?> reason) {
		Class<?>[] taken = parameters(method, targetClass);
		boolean more = taken.length == given.length + 1 && taken[given.length] != Object.class
				&& taken[given.length].isAssignableFrom(reason);
		if (taken.length != given.length && !more) {
			return false;
		}
		for (int i = 0; i < given.length; i++) {
			boolean unboxing = taken[i].isPrimitive() && !given[i].isPrimitive();
			if (unboxing || !ClassUtils.isAssignable(taken[i], given[i])) {
				return false;
			}
		}
		return true;
	}

	private static boolean fits(ResolvableType returned, ResolvableType answer) {
		Class<?> wanted = returned.resolve(Object.class);
		Class<?> given = answer.resolve(Object.class);
		if (wanted == void.class || wanted.isPrimitive() || given.isPrimitive()) {
			return wanted == given
					|| (!wanted.isPrimitive() && given != void.class && ClassUtils.isAssignable(wanted, given));
		}
		return wanted.isAssignableFrom(given) && (returned.hasUnresolvableGenerics() || answer.hasUnresolvableGenerics()
				|| returned.isAssignableFrom(answer));
	}

	@Nullable Object answer(@Nullable Object target, @Nullable Object[] arguments, Throwable reason) throws Throwable {
		Object[] given = arguments;
		if (this.takesReason) {
			given = Arrays.copyOf(arguments, arguments.length + 1, Object[].class);
			given[arguments.length] = reason;
		}
		try {
			return this.method.invoke(target, given);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
