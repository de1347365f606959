package io.github.rediskit.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;

import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.ratelimit.RateLimited;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * Writes down ahead of time what {@code @RateLimited} and {@code @DistributedLock} call
 * by name: in a native image a fallback is found, and the expressions of a key can be
 * evaluated, only then. Methods that listen to messages are called by name, too.
 */
class GuardedMethodsAotProcessor implements BeanRegistrationAotProcessor {

	private static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(RateLimited.class,
			DistributedLock.class, RedisStreamListener.class, RedisQueueListener.class);

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
		if (type.getName().startsWith("org.springframework.") || !AnnotationUtils.isCandidateClass(type, ANNOTATIONS)) {
			return null;
		}
		Set<Method> limited = MethodIntrospector.selectMethods(type, (Method method) -> ANNOTATIONS.stream()
			.anyMatch(MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)::isPresent));
		return limited.isEmpty() ? null : new Contribution(type, limited);
	}

	private record Contribution(Class<?> type, Set<Method> limited) implements BeanRegistrationAotContribution {

		@Override
		public void applyTo(GenerationContext generation, BeanRegistrationCode code) {
			ReflectionHints hints = generation.getRuntimeHints().reflection();
			for (Class<?> type = this.type; type != null && type != Object.class; type = type.getSuperclass()) {
				hints.registerType(type, MemberCategory.INVOKE_DECLARED_METHODS);
			}
			BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();
			this.limited.forEach((method) -> binding.registerReflectionHints(hints, method.getGenericParameterTypes()));
		}

	}

}
