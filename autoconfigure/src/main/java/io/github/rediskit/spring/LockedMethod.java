package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.lock.IfHeld;
import io.github.rediskit.lock.LockContext;
import io.github.rediskit.lock.LockNotAcquiredException;
import io.github.rediskit.lock.OnLost;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * What the {@code @DistributedLock} on one method says.
 *
 * @param method the method
 * @param rule which lock it asks for
 * @param endsCalls whether a call ends when the lock is lost
 * @param context index of the parameter that is filled in, or -1
 * @param delivery how the method hands over what it returns
 * @param keeping how the lock is kept until then
 * @param skipped makes what a call that is skipped returns
 * @param fallback what answers a call that does not get the lock, or {@code null} for an
 * exception
 */
record LockedMethod(Method method, LockRule rule, boolean endsCalls, int context, Delivery delivery,
		LockKeeping keeping, Supplier<@Nullable Object> skipped, @Nullable FallbackMethod fallback) {

	private static final Map<Class<?>, Supplier<@Nullable Object>> EMPTY = Map.of(Optional.class, Optional::empty,
			OptionalInt.class, OptionalInt::empty, OptionalLong.class, OptionalLong::empty, OptionalDouble.class,
			OptionalDouble::empty);

	/**
	 * Reads the annotation of a method.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @param placeholders resolves {@code ${…}} in a text
	 * @return what it says, or {@code null} if there is none
	 */
	static @Nullable LockedMethod read(Method method, Class<?> targetClass, UnaryOperator<String> placeholders) {
		DistributedLock annotation = AnnotatedElementUtils.findMergedAnnotation(method, DistributedLock.class);
		if (annotation == null) {
			return null;
		}
		MethodExpressions expressions = new MethodExpressions(DistributedLock.class, method, placeholders);
		expressions.requireInterceptable();
		if (KotlinDetector.isSuspendingFunction(method)) {
			throw expressions
				.invalid("a suspending function can't be followed to its end: return a Mono or a Flow, or ask the "
						+ "AsyncDistributedLocks bean", null);
		}
		ResolvableType returned = ResolvableType
			.forType(GenericTypeResolver.resolveType(method.getGenericReturnType(), targetClass));
		Delivery delivery = Delivery.of(returned.resolve(Object.class), expressions);
		LockRule rule = LockRule.read(annotation, method, expressions);
		FallbackMethod fallback = FallbackMethod.read(expressions.text(annotation.fallback()), method, targetClass,
				returned, List.of(LockNotAcquiredException.class), expressions);
		boolean skips = rule.ifHeld() == IfHeld.SKIP;
		if (skips && fallback != null) {
			throw expressions.invalid("ifHeld = SKIP and a fallback say two things about a call that does not get the "
					+ "lock: leave out the fallback, or write FAIL", null);
		}
		return new LockedMethod(method, rule, annotation.onLost() == OnLost.INTERRUPT, context(method, expressions),
				delivery, LockKeeping.of(delivery),
				skips ? skipped(returned.resolve(Object.class), delivery, expressions) : LockedMethod::nothing,
				fallback);
	}

	private static int context(Method method, MethodExpressions expressions) {
		List<Integer> found = new ArrayList<>();
		for (int i = 0; i < method.getParameterCount(); i++) {
			if (method.getParameterTypes()[i] == LockContext.class) {
				found.add(i);
			}
		}
		if (found.size() > 1) {
			throw expressions.invalid("there is one lock, and %d parameters of type LockContext: leave one of them"
				.formatted(found.size()), null);
		}
		return found.isEmpty() ? -1 : found.get(0);
	}

	private static Supplier<@Nullable Object> skipped(Class<?> type, Delivery delivery, MethodExpressions expressions) {
		if (delivery instanceof ByFuture) {
			return () -> CompletableFuture.completedFuture(null);
		}
		if (delivery instanceof ByPublisher published) {
			ReactiveAdapter adapter = published.adapter();
			if (!adapter.supportsEmpty()) {
				throw expressions.invalid(
						"a call that is skipped yields nothing, and a %s can't be empty: return one that can, or write FAIL"
							.formatted(type.getSimpleName()),
						null);
			}
			return () -> adapter.fromPublisher(Mono.empty());
		}
		if (type.isPrimitive() && type != void.class) {
			throw expressions
				.invalid("a call that is skipped returns nothing, which is no %s: declare %s or void, or write FAIL"
					.formatted(type, ClassUtils.resolvePrimitiveIfNecessary(type).getSimpleName()), null);
		}
		return EMPTY.getOrDefault(type, LockedMethod::nothing);
	}

	private static @Nullable Object nothing() {
		return null;
	}

	/** The arguments with what is known of the lock. */
	@Nullable Object[] arguments(Call call, @Nullable LockContext lock) {
		if (this.context < 0) {
			return call.args();
		}
		@Nullable Object[] arguments = call.args().clone();
		arguments[this.context] = lock;
		return arguments;
	}

}
