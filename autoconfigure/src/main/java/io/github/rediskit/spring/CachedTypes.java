package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationAttributes;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * The application's classes of which cached values and keys consist, all the way down, as
 * far as declarations tell: what annotated methods of beans return and take, the types of
 * fields, type arguments and permitted subclasses.
 */
public final class CachedTypes {

	/** By its name, since Jackson may not be there. */
	private static final String SUBTYPES = "com.fasterxml.jackson.annotation.JsonSubTypes";

	private static final List<Class<? extends Annotation>> OF_SPRING = List.of(Cacheable.class, CachePut.class,
			CacheEvict.class);

	private final Set<Class<?>> found = new LinkedHashSet<>();

	private CachedTypes() {
	}

	/**
	 * Finds the classes, without making a bean.
	 * @param beans the beans whose methods are searched
	 * @param configured the types that settings name
	 * @return the classes
	 */
	public static Set<Class<?>> of(ConfigurableListableBeanFactory beans, Collection<Class<?>> configured) {
		CachedTypes types = new CachedTypes();
		configured.forEach(types::add);
		Collection<Class<? extends Annotation>> annotations = annotations(beans);
		beans.getBeanNamesIterator().forEachRemaining((name) -> {
			Class<?> type = AutoProxyUtils.determineTargetClass(beans, name);
			if (type != null && AnnotationUtils.isCandidateClass(type, annotations)) {
				types.addMethods(ClassUtils.getUserClass(type), annotations);
			}
		});
		return types.found;
	}

	private static Collection<Class<? extends Annotation>> annotations(ConfigurableListableBeanFactory beans) {
		boolean spring = beans.getBeanNamesForType(ReadThroughCacheManager.class, true, false).length > 0;
		return Stream.concat(CacheMethods.ANNOTATIONS.stream(), spring ? OF_SPRING.stream() : Stream.empty()).toList();
	}

	private void addMethods(Class<?> type, Collection<Class<? extends Annotation>> annotations) {
		for (Method method : MethodIntrospector.selectMethods(type,
				(Method candidate) -> isAnnotated(candidate, annotations))) {
			add(GenericTypeResolver.resolveType(method.getGenericReturnType(), type));
			for (Type parameter : method.getGenericParameterTypes()) {
				add(GenericTypeResolver.resolveType(parameter, type));
			}
		}
	}

	private static boolean isAnnotated(Method method, Collection<Class<? extends Annotation>> annotations) {
		MergedAnnotations present = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
		return annotations.stream().anyMatch(present::isPresent);
	}

	private void add(Type type) {
		ResolvableType resolvable = ResolvableType.forType(type);
		if (resolvable.isArray()) {
			add(resolvable.getComponentType().getType());
			return;
		}
		for (ResolvableType argument : resolvable.getGenerics()) {
			add(argument.getType());
		}
		Class<?> raw = resolvable.resolve();
		if (raw != null && !isOfPlatform(raw) && this.found.add(raw)) {
			addParts(raw);
		}
	}

	private static boolean isOfPlatform(Class<?> type) {
		return type.isPrimitive() || type.getName().startsWith("java.")
				|| type.getName().startsWith("org.springframework.")
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
	}

	private void addParts(Class<?> type) {
		for (Field field : type.getDeclaredFields()) {
			if (!Modifier.isStatic(field.getModifiers())) {
				add(field.getGenericType());
			}
		}
		if (type.getGenericSuperclass() != null) {
			add(type.getGenericSuperclass());
		}
		if (type.isSealed()) {
			Stream.of(type.getPermittedSubclasses()).forEach(this::add);
		}
		AnnotationAttributes subtypes = AnnotatedElementUtils.getMergedAnnotationAttributes(type, SUBTYPES, false,
				true);
		if (subtypes != null) {
			Stream.of(subtypes.getAnnotationArray("value")).forEach((subtype) -> add(subtype.getClass("value")));
		}
	}

}
