package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method that answers a call that does not reach the method itself.
 *
 * @param method the method
 * @param takes what it takes, after the arguments, of why that is so; {@code null} for
 * nothing
 * @param ofSuspending whether it answers calls of a suspending function
 */
record FallbackMethod(Method method, @Nullable Class<?> takes, boolean ofSuspending) {

	/**
	 * Finds the method.
	 * @param name its name, or empty for none
	 * @param guarded the method whose calls it answers
	 * @param targetClass the class of the bean
	 * @param returned what the guarded method returns
	 * @param reasons what tells why a call does not reach that: the fallback may take one
	 * of them
	 * @param expressions the annotation
	 * @return the method, or {@code null} for none
	 */
	static @Nullable FallbackMethod read(String name, Method guarded, Class<?> targetClass, ResolvableType returned,
			List<Class<?>> reasons, MethodExpressions expressions) {
		if (name.isEmpty()) {
			return null;
		}
		List<Method> named = Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(targetClass))
			.filter((method) -> method.getName().equals(name) && !method.isBridge())
			.toList();
		Class<?>[] parameters = parameters(guarded, targetClass);
		if (named.isEmpty()) {
			throw expressions.invalid("there is no method %s for the fallback: write %s".formatted(name,
					wanted(name, returned, parameters, reasons)), null);
		}
		List<FallbackMethod> fitting = named.stream()
			.filter((method) -> !method.equals(guarded) && !Modifier.isAbstract(method.getModifiers()))
			.filter((method) -> Suspending.is(guarded) || !Suspending.is(method))
			.filter((method) -> accepts(method, targetClass, parameters, reasons))
			.map((method) -> new FallbackMethod(method, taken(method, parameters.length, reasons),
					Suspending.is(guarded)))
			.toList();
		if (fitting.isEmpty()) {
			throw expressions.invalid("no method %s takes what the fallback is given: write %s".formatted(name,
					wanted(name, returned, parameters, reasons)), null);
		}
		FallbackMethod found = (fitting.size() == 1) ? fitting.get(0) : theOne(fitting, name, parameters, expressions);
		ResolvableType answer = Suspending.returned(found.method, targetClass);
		if (!fits(returned, answer)) {
			throw expressions.invalid("the fallback %s returns %s, which is no %s: write %s".formatted(name, answer,
					returned, wanted(name, returned, parameters, reasons)), null);
		}
		ReflectionUtils.makeAccessible(found.method);
		return found;
	}

	/** Of overloaded methods the one with exactly the same types. */
	private static FallbackMethod theOne(List<FallbackMethod> fitting, String name, Class<?>[] parameters,
			MethodExpressions expressions) {
		List<FallbackMethod> same = fitting.stream()
			.filter((candidate) -> Arrays.equals(parameters,
					Arrays.copyOf(candidate.method.getParameterTypes(), parameters.length)))
			.toList();
		if (same.size() != 1) {
			throw expressions.invalid(
					"there is more than one method %s that fits the fallback: rename the others".formatted(name), null);
		}
		return same.get(0);
	}

	private static Class<?>[] parameters(Method method, Class<?> targetClass) {
		Type[] types = method.getGenericParameterTypes();
		return Arrays.stream(types, 0, Suspending.is(method) ? types.length - 1 : types.length)
			.map((type) -> resolved(type, targetClass))
			.toArray(Class<?>[]::new);
	}

	private static Class<?> resolved(Type type, Class<?> targetClass) {
		return ResolvableType.forType(GenericTypeResolver.resolveType(type, targetClass)).resolve(Object.class);
	}

	private static boolean accepts(Method method, Class<?> targetClass, Class<?>[] given, List<Class<?>> reasons) {
		Class<?>[] taken = parameters(method, targetClass);
		if (taken.length != given.length
				&& (taken.length != given.length + 1 || taken(method, given.length, reasons) == null)) {
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

	private static @Nullable Class<?> taken(Method method, int index, List<Class<?>> reasons) {
		if (method.getParameterCount() <= index) {
			return null;
		}
		Class<?> type = method.getParameterTypes()[index];
		return reasons.stream()
			.filter((reason) -> type != Object.class && type.isAssignableFrom(reason))
			.findFirst()
			.orElse(null);
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

	private static String wanted(String name, ResolvableType returned, Class<?>[] parameters, List<Class<?>> reasons) {
		return "%s %s(%s), with a %s at the end if it is to be told".formatted(
				returned.resolve(Object.class).getSimpleName(), name,
				Arrays.stream(parameters).map(Class::getSimpleName).collect(Collectors.joining(", ")),
				reasons.stream().map(Class::getSimpleName).collect(Collectors.joining(" or ")));
	}

	/**
	 * Answers a call.
	 * @param target the bean
	 * @param arguments what the call was made with
	 * @param reason why it does not reach its method, as the type that is taken
	 * @return what the fallback returned
	 * @throws Throwable what it threw
	 */
	@Nullable Object answer(@Nullable Object target, @Nullable Object[] arguments, Function<Class<?>, Object> reason)
			throws Throwable {
		List<@Nullable Object> given = new ArrayList<>(Arrays.asList(arguments));
		Object continuation = this.ofSuspending ? given.remove(given.size() - 1) : null;
		if (this.takes != null) {
			given.add(reason.apply(this.takes));
		}
		if (Suspending.is(this.method)) {
			given.add(continuation);
		}
		Object answer = AopUtils.invokeJoinpointUsingReflection(target, this.method, given.toArray());
		return (this.ofSuspending && !Suspending.is(this.method)) ? Suspending.publisher(answer) : answer;
	}

}
