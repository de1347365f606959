package io.github.rediskit.autoconfigure;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.github.rediskit.spring.CacheAdvisor;
import io.github.rediskit.spring.CacheValueTypes;
import io.github.rediskit.spring.ReadThroughCacheManager;
import io.github.rediskit.spring.ReadThroughCacheResolver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.cache.autoconfigure.CacheManagerCustomizer;
import org.springframework.boot.cache.autoconfigure.CacheManagerCustomizers;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * Spring's {@code @Cacheable}, {@code @CachePut}, {@code @CacheEvict} and
 * {@link CacheManager} over the same caches as {@code @Cached}, with
 * {@code @EnableCaching}.
 */
@AutoConfiguration(after = CacheAutoConfiguration.class,
		beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration")
@ConditionalOnBean({ CacheAspectSupport.class, CacheEngine.class })
@ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
@ConditionalOnProperty(name = "spring.cache.type", havingValue = "redis", matchIfMissing = true)
@ImportRuntimeHints(CacheManagerAutoConfiguration.KeyHints.class)
public final class CacheManagerAutoConfiguration {

	private static final Log logger = LogFactory.getLog(CacheManagerAutoConfiguration.class);

	@Bean
	CacheValueTypes rediskitCacheValueTypes(CacheProperties properties, ConfigurableListableBeanFactory beans,
			CacheAdvisor advisor) {
		Map<String, Class<?>> types = properties.caches()
			.entrySet()
			.stream()
			.filter((cache) -> cache.getValue().type() != null)
			.collect(Collectors.toMap(Map.Entry::getKey, (cache) -> cache.getValue().type()));
		return new CacheValueTypes(types, beans, advisor.methods());
	}

	@Bean
	ReadThroughCacheManager cacheManager(ObjectProvider<CacheEngine> engine, CacheValueTypes types,
			CacheProperties properties, Environment environment, ObjectProvider<ManagerCustomization> customizations) {
		Binder binder = Binder.get(environment);
		warnOfOtherSettings(binder);
		Set<String> names = new TreeSet<>(properties.caches().keySet());
		names.addAll(binder.bind("spring.cache.cache-names", Bindable.setOf(String.class)).orElse(Set.of()));
		ReadThroughCacheManager manager = new ReadThroughCacheManager(() -> engine.getObject().caches(), types, names);
		customizations.forEach((customization) -> customization.accept(manager));
		return manager;
	}

	private static void warnOfOtherSettings(Binder binder) {
		Set<String> ignored = binder.bind("spring.cache.redis", Bindable.mapOf(String.class, Object.class))
			.orElse(Map.of())
			.keySet();
		if (!ignored.isEmpty()) {
			logger
				.warn("spring.cache.redis.%s has no effect: Rediskit's caches have their settings under rediskit.cache"
					.formatted(String.join(", spring.cache.redis.", ignored)));
		}
	}

	@Bean
	ReadThroughCacheResolver rediskitCacheResolver(ReadThroughCacheManager manager,
			ObjectProvider<CacheManager> managers, ObjectProvider<CacheAspectSupport> aspects) {
		return new ReadThroughCacheResolver(manager, managers, aspects);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(CacheManagerCustomizer.class)
	static class Customization {

		@Bean
		ManagerCustomization rediskitCacheManagerCustomization(ObjectProvider<CacheManagerCustomizer<?>> customizers) {
			return (manager) -> new CacheManagerCustomizers(customizers.orderedStream().toList()).customize(manager);
		}

	}

	/** What Spring Boot's module does, where it is there. */
	interface ManagerCustomization extends Consumer<ReadThroughCacheManager> {

	}

	static class KeyHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.reflection().registerType(SimpleKey.class, MemberCategory.ACCESS_DECLARED_FIELDS);
		}

	}

}
