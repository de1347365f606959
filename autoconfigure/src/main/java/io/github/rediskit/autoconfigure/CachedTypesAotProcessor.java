package io.github.rediskit.autoconfigure;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.github.rediskit.spring.CachedTypes;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.aot.BeanFactoryInitializationCode;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Writes down ahead of time which classes cached values and keys consist of: in a native
 * image they can be read and made only then.
 */
class CachedTypesAotProcessor implements BeanFactoryInitializationAotProcessor {

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beans) {
		if (beans.getBeanNamesForType(CacheEngine.class, true, false).length == 0) {
			return null;
		}
		Set<Class<?>> types = CachedTypes.of(beans, configured(beans));
		return types.isEmpty() ? null : new Contribution(types);
	}

	/** Only the types are bound: other settings may have no value before run time. */
	private static Collection<Class<?>> configured(ConfigurableListableBeanFactory beans) {
		Environment environment = beans.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME,
				Environment.class);
		Map<String, Typed> caches = Binder.get(environment)
			.bind("rediskit.cache.caches", Bindable.mapOf(String.class, Typed.class))
			.orElse(Map.of());
		return caches.values().stream().<Class<?>>map(Typed::type).filter(Objects::nonNull).toList();
	}

	/**
	 * What is bound of a cache's settings.
	 *
	 * @param type class of the values
	 */
	record Typed(@Nullable Class<?> type) {
	}

	private record Contribution(Set<Class<?>> types) implements BeanFactoryInitializationAotContribution {

		@Override
		public void applyTo(GenerationContext generation, BeanFactoryInitializationCode code) {
			ReflectionHints hints = generation.getRuntimeHints().reflection();
			BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();
			for (Class<?> type : this.types) {
				binding.registerReflectionHints(hints, type);
				// values and keys are read by their fields, expressions call methods
				hints.registerType(type, MemberCategory.ACCESS_DECLARED_FIELDS,
						MemberCategory.INVOKE_DECLARED_CONSTRUCTORS, MemberCategory.INVOKE_DECLARED_METHODS);
			}
		}

	}

}
