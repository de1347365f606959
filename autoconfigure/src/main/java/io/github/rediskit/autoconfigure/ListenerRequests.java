package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

import io.github.rediskit.autoconfigure.MessagingProperties.Messages;
import io.github.rediskit.messaging.ConsumerRequest;
import io.github.rediskit.messaging.MessageHandler;
import io.github.rediskit.messaging.MessageSettings;
import io.github.rediskit.messaging.RedisMessaging;
import io.github.rediskit.messaging.Retries;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.spring.ListenerDefinition;
import io.github.rediskit.spring.PolicyRetries;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.core.retry.RetryPolicy;

/**
 * What a listener asks for: what its annotation says, else what its stream or queue has
 * for all.
 */
final class ListenerRequests {

	private final ConfiguredMessages settings;

	private final BeanFactory beans;

	private final RandomGenerator random;

	ListenerRequests(ConfiguredMessages settings, BeanFactory beans, RandomGenerator random) {
		this.settings = settings;
		this.beans = beans;
		this.random = random;
	}

	ConsumerRequest request(ListenerDefinition listener, MessageHandler handler) {
		Messages configured = this.settings.messages(listener.queue(), listener.name());
		MessageSettings settings = listener.queue() ? this.settings.ofQueue(listener.name())
				: this.settings.ofStream(listener.name());
		Duration claimIdle = listener.claimIdle();
		try {
			return new ConsumerRequest(listener.id(), listener.name(),
					listener.queue() ? RedisMessaging.QUEUE_GROUP : listener.group(),
					Objects.requireNonNullElseGet(listener.consumer(), this::consumer), listener.concurrency(),
					listener.batchSize(), listener.ackMode(), listener.startFrom(),
					(claimIdle != null) ? settings.withClaimIdle(claimIdle) : settings, retries(listener, configured),
					handler);
		}
		catch (InvalidSettingException ex) {
			throw listener.invalid(String.valueOf(ex.getMessage()));
		}
	}

	private Retries retries(ListenerDefinition listener, Messages configured) {
		String bean = listener.retryPolicy();
		if (bean != null) {
			return new PolicyRetries(policy(bean, listener));
		}
		Duration backoff = Objects.requireNonNullElse(listener.backoff(), configured.backoff());
		Duration most = (configured.maxBackoff().compareTo(backoff) < 0) ? backoff : configured.maxBackoff();
		int attempts = Objects.requireNonNullElse(listener.maxAttempts(), configured.maxAttempts());
		RetryPolicy.Builder policy = RetryPolicy.builder()
			.maxRetries(attempts - 1)
			.delay(backoff)
			.includes(listener.retryFor())
			.excludes(listener.noRetryFor());
		if (!backoff.isZero()) {
			policy.multiplier(configured.multiplier()).maxDelay(most).jitter(backoff.dividedBy(10));
		}
		return new PolicyRetries(policy.build());
	}

	private RetryPolicy policy(String bean, ListenerDefinition listener) {
		try {
			return this.beans.getBean(bean, RetryPolicy.class);
		}
		catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException ex) {
			throw listener.invalid("retryPolicy = \"%s\" names no bean of type RetryPolicy".formatted(bean));
		}
	}

	/** Says to people which instance it is, and is no other's. */
	private String consumer() {
		Map<String, String> environment = System.getenv();
		String host = host(environment.get("HOSTNAME"), environment.get("COMPUTERNAME"));
		return "%s-%d-%s".formatted(host, ProcessHandle.current().pid(),
				HexFormat.of().toHexDigits(this.random.nextLong()).substring(0, 8));
	}

	private static String host(@Nullable String... names) {
		for (String name : names) {
			if (name != null && !name.isBlank()) {
				return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
			}
		}
		return "host";
	}

}
