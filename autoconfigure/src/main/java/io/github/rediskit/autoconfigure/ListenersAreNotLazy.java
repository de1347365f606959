package io.github.rediskit.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * In an application whose beans are made when they are needed, nobody would ever need
 * those that listen.
 */
final class ListenersAreNotLazy implements LazyInitializationExcludeFilter {

	private final List<Class<? extends Annotation>> annotations;

	ListenersAreNotLazy(List<Class<? extends Annotation>> annotations) {
		this.annotations = annotations;
	}

	@Override
	public boolean isExcluded(String beanName, BeanDefinition beanDefinition, Class<?> beanType) {
		return AnnotationUtils.isCandidateClass(beanType, this.annotations)
				&& !MethodIntrospector.selectMethods(beanType, this::isListener).isEmpty();
	}

	private boolean isListener(Method method) {
		return this.annotations.stream()
			.anyMatch((annotation) -> AnnotatedElementUtils.hasAnnotation(method, annotation));
	}

}
