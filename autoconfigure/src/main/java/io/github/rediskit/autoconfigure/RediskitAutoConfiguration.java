package io.github.rediskit.autoconfigure;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.spring.AnnotationSearch;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * What all features have in common: their properties, checked strictly, and the beginning
 * of every key.
 */
@AutoConfiguration
@EnableConfigurationProperties(RediskitProperties.class)
public final class RediskitAutoConfiguration {

	private static final Log logger = LogFactory.getLog(RediskitAutoConfiguration.class);

	@Bean
	static RediskitPropertiesCheck rediskitPropertiesCheck(Environment environment) {
		return new RediskitPropertiesCheck(environment);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static AnnotationSearch rediskitAnnotationSearch() {
		return new AnnotationSearch();
	}

	@Bean
	KeySpace rediskitKeySpace(RediskitProperties properties, Environment environment) {
		String namespace = properties.namespace();
		if (!StringUtils.hasText(namespace)) {
			namespace = environment.getProperty("spring.application.name");
		}
		if (!StringUtils.hasText(namespace)) {
			logger.warn("Neither rediskit.namespace nor spring.application.name is set: the Redis keys of this "
					+ "application begin with 'application', as those of others might");
			namespace = "application";
		}
		String environmentName = StringUtils.hasText(properties.environment()) ? properties.environment() : null;
		return new KeySpace(environmentName, namespace);
	}

}
