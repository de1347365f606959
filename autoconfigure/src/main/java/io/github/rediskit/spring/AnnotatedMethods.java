package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Reads the annotations of a method once, into a record, and finds the methods that have
 * one. As it is asked about each method of each bean while the application starts, a
 * wrong annotation stops the start.
 *
 * @param <R> the type of the record
 */
public abstract class AnnotatedMethods<R> extends StaticMethodMatcherPointcut {

	/** The system property of {@code org.springframework.context.aot}. */
	private static final String AHEAD_OF_TIME = "spring.aot.processing";

	private final Map<MethodClassKey, Optional<R>> records = new ConcurrentHashMap<>();

	private final Set<Class<?>> classes = ConcurrentHashMap.newKeySet();

	private final List<Class<? extends Annotation>> annotations;

	private final AnnotationSearch search;

	AnnotatedMethods(List<Class<? extends Annotation>> annotations, AnnotationSearch search) {
		this.annotations = annotations;
		this.search = search;
		setClassFilter((type) -> !isOfSpring(type) && AnnotationUtils.isCandidateClass(type, annotations));
	}

	/**
	 * Spring's own beans are most of a small application's, and to search each of their
	 * methods would be most of what the annotations cost at start.
	 */
	private static boolean isOfSpring(Class<?> type) {
		return isNamedAfterSpring(type) && Arrays.stream(ClassUtils.getAllInterfacesForClass(type))
			.allMatch(AnnotatedMethods::isNamedAfterSpring);
	}

	private static boolean isNamedAfterSpring(Class<?> type) {
		return type.getName().startsWith("org.springframework.") || type.getName().startsWith("java.");
	}

	/**
	 * Ahead of time, placeholders have no values yet: it is enough to know that the
	 * method has an annotation.
	 */
	@Override
	public final boolean matches(Method method, Class<?> targetClass) {
		if (Boolean.getBoolean(AHEAD_OF_TIME)) {
			return isAnnotated(specific(method, targetClass));
		}
		boolean found = find(method, targetClass).isPresent();
		if (found && !Proxy.isProxyClass(targetClass) && this.classes.add(targetClass)) {
			findOthers(targetClass);
		}
		return found;
	}

	/** Spring asks no further once it knows that a class has one. */
	private void findOthers(Class<?> targetClass) {
		for (Method other : ReflectionUtils.getAllDeclaredMethods(ClassUtils.getUserClass(targetClass))) {
			if (other.getDeclaringClass() != Object.class) {
				find(other, targetClass);
			}
		}
	}

	final Optional<R> find(Method method, @Nullable Class<?> targetClass) {
		MethodClassKey key = new MethodClassKey(method, targetClass);
		Optional<R> known = this.records.get(key);
		if (known == null) {
			Method specific = specific(method, targetClass);
			known = isAnnotated(specific)
					? Optional
						.ofNullable(read(specific, Objects.requireNonNullElse(targetClass, method.getDeclaringClass())))
					: Optional.empty();
			this.records.put(key, known);
		}
		return known;
	}

	/**
	 * A proxy made elsewhere, such as a repository, has its annotations on the interface.
	 */
	private static Method specific(Method method, @Nullable Class<?> targetClass) {
		boolean ofProxy = targetClass != null && Proxy.isProxyClass(targetClass);
		return ofProxy ? method : AopUtils.getMostSpecificMethod(method, targetClass);
	}

	/**
	 * A static method that a compiler made carries copies of annotations that were not
	 * meant for it: so do the bodies of suspending functions of Kotlin. In which order a
	 * virtual machine names it, and whether it is asked about at all, is left to chance.
	 */
	private boolean isAnnotated(Method method) {
		return !(method.isSynthetic() && Modifier.isStatic(method.getModifiers()))
				&& this.search.isAnnotated(method, this.annotations);
	}

	/** The record of a method that is being called. */
	final R of(Method method, @Nullable Object target) {
		Optional<R> record = find(method, (target != null) ? AopUtils.getTargetClass(target) : null);
		if (record.isEmpty() && target != null) { // the target of a proxy made elsewhere
			record = find(method, target.getClass());
		}
		return record
			.orElseThrow(() -> new IllegalStateException("None of %s on %s".formatted(this.annotations, method)));
	}

	final Collection<R> all() {
		return this.records.values().stream().flatMap(Optional::stream).toList();
	}

	/**
	 * Reads the annotations of a method.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @return the record, or {@code null} if the method is not annotated
	 */
	abstract @Nullable R read(Method method, Class<?> targetClass);

}
