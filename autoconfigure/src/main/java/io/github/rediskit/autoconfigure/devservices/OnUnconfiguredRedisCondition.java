package io.github.rediskit.autoconfigure.devservices;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches where no property says which Redis to use, away from cloud platforms.
 */
final class OnUnconfiguredRedisCondition extends SpringBootCondition {

	private static final String PREFIX = "spring.data.redis.";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		ConditionMessage.Builder message = ConditionMessage.forCondition("Development Redis");
		CloudPlatform platform = CloudPlatform.getActive(environment);
		if (platform != null && platform != CloudPlatform.NONE) {
			return ConditionOutcome.noMatch(message.because("the cloud platform " + platform + " was detected"));
		}
		return configured(Binder.get(environment))
			.map((property) -> ConditionOutcome.noMatch(message.found("property").items(property)))
			.orElseGet(() -> ConditionOutcome.match(message.didNotFind("property")
				.items("spring.data.redis.url, host, port, sentinel, cluster, masterreplica")));
	}

	private static Optional<String> configured(Binder binder) {
		Stream<String> values = Stream.of("url", "host", "port")
			.filter((name) -> binder.bind(PREFIX + name, String.class).map(StringUtils::hasText).orElse(false));
		Stream<String> groups = Stream.of("sentinel", "cluster", "masterreplica")
			.filter((name) -> binder.bind(PREFIX + name, Bindable.mapOf(String.class, Object.class))
				.map(OnUnconfiguredRedisCondition::hasEntries)
				.orElse(false));
		return Stream.concat(values, groups).map(PREFIX::concat).findFirst();
	}

	private static boolean hasEntries(Map<String, Object> group) {
		return !group.isEmpty();
	}

}
