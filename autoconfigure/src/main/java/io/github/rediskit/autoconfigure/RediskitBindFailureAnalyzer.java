package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.util.unit.DataSize;

/**
 * Says what to write instead of a property under {@code rediskit} that is unknown or has
 * a value of the wrong kind.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class RediskitBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final Set<String> SECRETS = Set.of("password", "url");

	private static final ConfigurationPropertyName ENCRYPTION = ConfigurationPropertyName.of("rediskit.encryption");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		if (!"rediskit".equals(cause.getName().getElement(0, Form.DASHED))) {
			return null;
		}
		if (cause.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
			return unknown(cause, unbound.getUnboundProperties());
		}
		ConversionFailedException conversion = findCause(cause, ConversionFailedException.class);
		return (conversion != null) ? wrongKind(cause, conversion.getTargetType()) : new FailureAnalysis(
				described(cause) + " can't be used: " + reason(cause) + ".", "Correct the property.", cause);
	}

	private static FailureAnalysis unknown(BindException cause, Set<ConfigurationProperty> unbound) {
		String description = unbound.stream()
			.map((property) -> "The property " + described(property.getName(), property) + " does not exist.")
			.collect(Collectors.joining(System.lineSeparator()));
		String action = unbound.stream()
			.map((property) -> KnownProperties.unknownElement(cause.getTarget().getType(), cause.getName(),
					property.getName()))
			.flatMap(Optional::stream)
			.map((unknown) -> dotted(unknown)
					+ unknown.meant().map((meant) -> "Did you mean '" + meant + "'? ").orElse("")
					+ (unknown.known().isEmpty() ? "There is nothing under '" + unknown.parent() + "'."
							: "Under '" + unknown.parent() + "' there are: " + String.join(", ", unknown.known())
									+ "."))
			.distinct()
			.collect(Collectors.joining(System.lineSeparator()));
		return new FailureAnalysis(description, action.isEmpty() ? "Remove the property." : action, cause);
	}

	private static String dotted(KnownProperties.Unknown unknown) {
		return (unknown.dottedKey() == null) ? ""
				: "A name with dots is written in brackets: \"[" + unknown.dottedKey() + "]\". ";
	}

	private static FailureAnalysis wrongKind(BindException cause, TypeDescriptor target) {
		Class<?> type = target.getObjectType();
		String kind;
		String action;
		if (type == Duration.class) {
			kind = "a duration";
			action = "Write a number with its unit, such as 500ms, 30s, 10m, 1h or 7d. "
					+ "There is no \"forever\": everything Rediskit stores or waits for has an end.";
		}
		else if (type == DataSize.class) {
			kind = "a size";
			action = "Write a number with its unit, such as 512B, 64KB or 1MB.";
		}
		else if (type == Boolean.class) {
			kind = "a yes or no";
			action = "Write true or false.";
		}
		else if (Number.class.isAssignableFrom(type)) {
			kind = "a number of type " + target.getType().getSimpleName();
			action = "Write a number.";
		}
		else if (type.isEnum()) {
			kind = "one of its values";
			action = "Write one of " + Arrays.stream(type.getEnumConstants())
				.map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", ")) + ".";
		}
		else {
			kind = "what belongs here";
			action = "Correct the property: " + reason(cause) + ".";
		}
		return new FailureAnalysis(described(cause) + " is not " + kind + ".", action, cause);
	}

	private static String described(BindException cause) {
		ConfigurationProperty property = cause.getProperty();
		String value = (property == null || isSecret(cause.getName())) ? "" : " '" + shown(property) + "'";
		return "The value" + value + " of " + described(cause.getName(), property);
	}

	/** A URL may stand where none belongs. */
	private static String shown(ConfigurationProperty property) {
		String value = String.valueOf(property.getValue());
		return (value.indexOf('@') != -1) ? RedisUrl.masked(value) : value;
	}

	private static boolean isSecret(ConfigurationPropertyName name) {
		return SECRETS.contains(name.getLastElement(Form.DASHED)) || ENCRYPTION.isAncestorOf(name);
	}

	private static String described(ConfigurationPropertyName name, @Nullable ConfigurationProperty property) {
		return "'" + name + "'"
				+ ((property != null && property.getOrigin() != null) ? " (" + property.getOrigin() + ")" : "");
	}

	private static String reason(BindException cause) {
		return String.valueOf(NestedExceptionUtils.getMostSpecificCause(cause).getMessage());
	}

}
