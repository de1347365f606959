package io.github.rediskit.autoconfigure;

import java.security.SecureRandom;
import java.util.Map;

import io.github.rediskit.cache.CacheListener;
import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.RedisCaches;
import io.github.rediskit.cache.ValueFormats;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.JsonValueCodecs;
import io.github.rediskit.codec.ValueCodecs;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.spring.AnnotationSearch;
import io.github.rediskit.spring.CacheAdvisor;
import io.github.rediskit.spring.CacheMethods;
import io.github.rediskit.spring.LoggingCacheListener;
import io.github.rediskit.spring.SpringTransactions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.task.TaskDecorator;

/**
 * Caching by {@code @Cached}, {@code @CacheInvalidate} and the {@link Caches} bean.
 */
@AutoConfiguration(after = { RedisConnectionsAutoConfiguration.class, JacksonAutoConfiguration.class })
@ConditionalOnBean(RedisConnections.class)
@EnableConfigurationProperties({ CacheProperties.class, EncryptionProperties.class })
@Import(AutoProxyRegistrar.class)
@ImportRuntimeHints(CacheAutoConfiguration.ScriptHints.class)
public final class CacheAutoConfiguration {

	@Bean
	LoggingCacheListener rediskitLoggingCacheListener() {
		return new LoggingCacheListener();
	}

	/** Made at the start in any case: wrong settings are to be found then. */
	@Bean
	ConfiguredCaches rediskitConfiguredCaches(CacheProperties properties, EncryptionKeys keys,
			ResourceLoader resources) {
		return new ConfiguredCaches(properties, StorageRules.of(keys, resources.getClassLoader()));
	}

	@Bean
	@ConditionalOnMissingBean
	EncryptionKeys rediskitEncryptionKeys(EncryptionProperties properties) {
		return properties.decoded(new SecureRandom());
	}

	/** Made at the start only if something is cached. */
	@Bean
	@Lazy
	CacheEngine rediskitCacheEngine(RoleGateways gateways, KeySpace keys, ObjectProvider<ValueCodecs> codecs,
			EncryptionKeys encryption, ConfiguredCaches settings, ObjectProvider<CacheListener> listeners,
			ObjectProvider<TaskDecorator> decorators) {
		ValueCodecs json = codecs.getIfAvailable(MissingValueCodecs::new);
		ValueFormats formats = new ValueFormats(Map.of(Format.JSON, json, Format.CBOR, new CborOfJson(json)),
				encryption);
		return new CacheEngine(new RedisCaches(gateways.guarded(ConnectionRole.CACHE), keys, formats, settings,
				listeners.orderedStream().toList(), new SpringTransactions(), TaskContext.of(decorators)));
	}

	@Bean(destroyMethod = "")
	@Lazy
	@ConditionalOnMissingBean(Caches.class)
	RedisCaches rediskitCaches(CacheEngine engine) {
		return engine.caches();
	}

	/**
	 * The first call finds a connection; an application without cached methods opens
	 * none.
	 */
	@Bean
	SmartInitializingSingleton rediskitCacheWarmUp(RoleGateways gateways, CacheAdvisor advisor) {
		return () -> {
			if (!advisor.methods().isNothingCached()) {
				gateways.warmUp(ConnectionRole.CACHE);
			}
		};
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static CacheAdvisor rediskitCacheAdvisor(ConfigurableBeanFactory beanFactory, AnnotationSearch search,
			ObjectProvider<CacheEngine> engine) {
		return new CacheAdvisor(new CacheMethods(beanFactory::resolveEmbeddedValue, search),
				() -> engine.getObject().caches());
	}

	static class ScriptHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/github/rediskit/cache/*.lua");
		}

	}

	/**
	 * Values as JSON, where Jackson is there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	static class JsonValues {

		@Bean
		@Lazy
		@ConditionalOnMissingBean(ValueCodecs.class)
		JsonValueCodecs rediskitValueCodecs(ObjectProvider<JsonMapper> mapper) {
			return new JsonValueCodecs(mapper.getIfUnique(JsonMapper::shared));
		}

	}

}
