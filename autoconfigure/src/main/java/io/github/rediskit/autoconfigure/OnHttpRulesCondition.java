package io.github.rediskit.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * There are rules for HTTP requests, right or wrong.
 */
final class OnHttpRulesCondition extends SpringBootCondition {

	private static final ConfigurationPropertyName RULES = ConfigurationPropertyName.of(HttpRules.PREFIX + ".rules");

	private static final ConfigurationPropertyName FIRST = ConfigurationPropertyName.of(HttpRules.PREFIX + ".rules[0]");

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean found = false;
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(context.getEnvironment())) {
			found |= source.containsDescendantOf(FIRST) == ConfigurationPropertyState.PRESENT
					|| (source instanceof IterableConfigurationPropertySource iterable
							&& iterable.stream().anyMatch(RULES::isAncestorOf));
		}
		ConditionMessage.Builder message = ConditionMessage.forCondition("Rules for HTTP requests");
		return new ConditionOutcome(found, found ? message.foundExactly(RULES) : message.didNotFind("any").atAll());
	}

}
