package io.github.rediskit.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Stops the start, before any bean is made, when something under {@code rediskit} is
 * unknown or can't be meant. The properties of features are left to their own classes;
 * environment variables and system properties may say what they like.
 */
final class RediskitPropertiesCheck implements BeanFactoryPostProcessor {

	/** Second elements of properties that are bound by classes of their own. */
	static final Set<String> FEATURES = Set.of("cache", "encryption", "lock", "messaging", "rate-limit", "session",
			"structures");

	/** What is neither true nor false would turn a feature off without a word. */
	private static final List<String> SWITCHES = List.of("rediskit.session.enabled",
			"rediskit.messaging.pubsub.enabled");

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("rediskit");

	private final Environment environment;

	RediskitPropertiesCheck(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		RediskitProperties properties = bindStrictly();
		checkName("rediskit.namespace", properties.namespace());
		checkName("rediskit.environment", properties.environment());
		if (!StringUtils.hasText(properties.namespace())) {
			checkApplicationName(this.environment.getProperty("spring.application.name"));
		}
		ConnectionRules.check(properties.connections());
		SWITCHES.forEach((name) -> Binder.get(this.environment).bind(name, Boolean.class));
	}

	private RediskitProperties bindStrictly() {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			sources.add(source.filter((name) -> !isOfFeature(name)));
		}
		Binder binder = new Binder(sources, new PropertySourcesPlaceholdersResolver(this.environment));
		return binder.bindOrCreate(PREFIX.toString(), Bindable.of(RediskitProperties.class),
				new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
	}

	private static boolean isOfFeature(ConfigurationPropertyName name) {
		return PREFIX.isAncestorOf(name)
				&& FEATURES.contains(name.getElement(1, ConfigurationPropertyName.Form.DASHED));
	}

	private static void checkName(String property, @Nullable String name) {
		if (StringUtils.hasText(name) && !ConnectionRules.NAME.matcher(name).matches()) {
			throw new InvalidSettingException(property, "is '" + name + "', which can't be part of a key",
					"Use at most 80 letters, digits, dots, dashes and underscores.");
		}
	}

	private static void checkApplicationName(@Nullable String name) {
		if (StringUtils.hasText(name) && !ConnectionRules.NAME.matcher(name).matches()) {
			throw new InvalidSettingException("spring.application.name",
					"is '" + name + "', which can't be the beginning of a key",
					"Set rediskit.namespace to a name of at most 80 letters, digits, dots, dashes and underscores.");
		}
	}

}
