package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method that answers a call that was refused.
 *
 * @param method the method
 * @param takes what it takes of the refusal: the exception, the decision, or {@code null}
 * for nothing
 * @param ofSuspending whether it answers calls of a suspending function
 */
record RateLimitFallback(Method method, @Nullable Class<?> takes, boolean ofSuspending) {

	/**
	 * Finds the method.
	 * @param name its name, or empty for none
	 * @param limited the method whose calls may be refused
	 * @param targetClass the class of the bean
	 * @param returned what the limited method returns
	 * @param expressions the annotation
	 * @return the method, or {@code null} for none
	 */
	static @Nullable RateLimitFallback read(String name, Method limited, Class<?> targetClass, ResolvableType returned,
			MethodExpressions expressions) {
		if (name.isEmpty()) {
			return null;
		}
		List<Method> named = Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(targetClass))
			.filter((method) -> method.getName().equals(name) && !method.isBridge())
			.toList();
		Class<?>[] parameters = parameters(limited, targetClass);
		if (named.isEmpty()) {
			throw expressions.invalid("there is no method %s for the fallback: write %s".formatted(name,
					wanted(name, returned, parameters)), null);
		}
		List<RateLimitFallback> fitting = named.stream()
			.filter((method) -> !method.equals(limited) && !Modifier.isAbstract(method.getModifiers()))
			.filter((method) -> Suspending.is(limited) || !Suspending.is(method))
			.filter((method) -> accepts(method, targetClass, parameters))
			.map((method) -> new RateLimitFallback(method, taken(method, parameters.length), Suspending.is(limited)))
			.toList();
		if (fitting.isEmpty()) {
			throw expressions.invalid("no method %s takes what the fallback is given: write %s".formatted(name,
					wanted(name, returned, parameters)), null);
		}
		RateLimitFallback found = (fitting.size() == 1) ? fitting.get(0)
				: theOne(fitting, name, parameters, expressions);
		ResolvableType answer = Suspending.returned(found.method, targetClass);
		if (!fits(returned, answer)) {
			throw expressions.invalid("the fallback %s returns %s, which is no %s: write %s".formatted(name, answer,
					returned, wanted(name, returned, parameters)), null);
		}
		ReflectionUtils.makeAccessible(found.method);
		return found;
	}

	/** Of overloaded methods the one with exactly the same types. */
	private static RateLimitFallback theOne(List<RateLimitFallback> fitting, String name, Class<?>[] parameters,
			MethodExpressions expressions) {
		List<RateLimitFallback> same = fitting.stream()
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

	private static boolean accepts(Method method, Class<?> targetClass, Class<?>[] given) {
		Class<?>[] taken = parameters(method, targetClass);
		if (taken.length != given.length && (taken.length != given.length + 1 || taken(method, given.length) == null)) {
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

	private static @Nullable Class<?> taken(Method method, int index) {
		if (method.getParameterCount() <= index) {
			return null;
		}
		Class<?> type = method.getParameterTypes()[index];
		if (type == RateLimitDecision.class) {
			return type;
		}
		return (type != Object.class && type.isAssignableFrom(RateLimitExceededException.class)) ? type : null;
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

	private static String wanted(String name, ResolvableType returned, Class<?>[] parameters) {
		return "%s %s(%s), with a RateLimitExceededException or RateLimitDecision at the end if it is to be told"
			.formatted(returned.resolve(Object.class).getSimpleName(), name,
					Arrays.stream(parameters).map(Class::getSimpleName).collect(Collectors.joining(", ")));
	}

	@Nullable Object answer(Call call, RateLimitDecision refusal) throws Throwable {
		List<@Nullable Object> arguments = new ArrayList<>(Arrays.asList(call.args()));
		Object continuation = this.ofSuspending ? arguments.remove(arguments.size() - 1) : null;
		if (this.takes != null) {
			arguments.add((this.takes == RateLimitDecision.class) ? refusal : new RateLimitExceededException(refusal));
		}
		if (Suspending.is(this.method)) {
			arguments.add(continuation);
		}
		Object answer = AopUtils.invokeJoinpointUsingReflection(call.target(), this.method, arguments.toArray());
		return (this.ofSuspending && !Suspending.is(this.method)) ? Suspending.publisher(answer) : answer;
	}

}
