package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.github.rediskit.key.InvalidKeyNameException;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.StartFrom;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotationCollectors;
import org.springframework.core.annotation.MergedAnnotationPredicates;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * Finds the methods of beans that listen to streams and queues, and reads what their
 * annotations say.
 */
public final class ListenerMethods {

	private static final int BATCH = 100;

	private static final Duration LONGEST = Duration.ofDays(365);

	private static final KeySpace ANY = new KeySpace(null, "any");

	private final UnaryOperator<String> placeholders;

	/**
	 * Creates the search.
	 * @param placeholders resolves {@code ${…}} in a text
	 */
	public ListenerMethods(UnaryOperator<String> placeholders) {
		this.placeholders = placeholders;
	}

	/**
	 * What the methods of a bean listen to.
	 * @param bean the bean, which may be a proxy
	 * @return what their annotations say; mostly nothing
	 * @throws InvalidAnnotationException if one of them can't work
	 */
	public List<ListenerDefinition> of(Object bean) {
		return ofType(AopUtils.getTargetClass(bean));
	}

	/**
	 * What the methods of beans of a class listen to.
	 * @param type the class, which is none of a proxy
	 * @return what their annotations say; mostly nothing
	 * @throws InvalidAnnotationException if one of them can't work
	 */
	public List<ListenerDefinition> ofType(Class<?> type) {
		List<Class<? extends Annotation>> annotations = List.of(RedisStreamListener.class, RedisQueueListener.class);
		if (type.getName().startsWith("org.springframework.") || !AnnotationUtils.isCandidateClass(type, annotations)) {
			return List.of();
		}
		List<ListenerDefinition> found = new ArrayList<>();
		select(type, RedisStreamListener.class)
			.forEach((method, declared) -> declared.forEach((one) -> found.add(stream(one, method, type))));
		select(type, RedisQueueListener.class)
			.forEach((method, declared) -> declared.forEach((one) -> found.add(queue(one, method, type))));
		return found;
	}

	/** Those of the nearest method count, not those of methods that it overrides, too. */
	private static <A extends Annotation> Map<Method, Set<A>> select(Class<?> type, Class<A> annotation) {
		return MethodIntrospector.selectMethods(type, (Method method) -> {
			Set<A> declared = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
				.stream(annotation)
				.filter(MergedAnnotationPredicates.firstRunOf(MergedAnnotation::getAggregateIndex))
				.collect(MergedAnnotationCollectors.toAnnotationSet());
			return (declared.isEmpty() || method.isSynthetic()) ? null : declared;
		});
	}

	private ListenerDefinition stream(RedisStreamListener annotation, Method method, Class<?> type) {
		Texts texts = new Texts(new ListenerMethod(RedisStreamListener.class, method, type));
		String stream = texts.name("stream", annotation.stream());
		String group = texts.name("group", annotation.group());
		return new ListenerDefinition(texts.or(annotation.id(), stream + "." + group), false, stream, group,
				texts.text(annotation.consumer()), texts.concurrency(annotation.concurrency()),
				texts.batchSize(annotation.batchSize()), annotation.ackMode(), annotation.startFrom(),
				texts.number("maxAttempts", annotation.maxAttempts()), texts.duration("backoff", annotation.backoff()),
				texts.duration("claimIdle", annotation.claimIdle()), List.of(annotation.retryFor()),
				List.of(annotation.noRetryFor()), texts.text(annotation.retryPolicy()),
				texts.flag("autoStartup", annotation.autoStartup()), texts.method());
	}

	private ListenerDefinition queue(RedisQueueListener annotation, Method method, Class<?> type) {
		Texts texts = new Texts(new ListenerMethod(RedisQueueListener.class, method, type));
		String queue = texts.name("value", annotation.value());
		return new ListenerDefinition(texts.or(annotation.id(), queue), true, queue, "",
				texts.text(annotation.consumer()), texts.concurrency(annotation.concurrency()),
				texts.batchSize(annotation.batchSize()), annotation.ackMode(), StartFrom.OLDEST,
				texts.number("maxAttempts", annotation.maxAttempts()), texts.duration("backoff", annotation.backoff()),
				texts.duration("claimIdle", annotation.claimIdle()), List.of(annotation.retryFor()),
				List.of(annotation.noRetryFor()), texts.text(annotation.retryPolicy()),
				texts.flag("autoStartup", annotation.autoStartup()), texts.method());
	}

	/**
	 * The texts of one annotation.
	 */
	private final class Texts {

		private final ListenerMethod method;

		Texts(ListenerMethod method) {
			this.method = method;
		}

		ListenerMethod method() {
			return this.method;
		}

		@Nullable String text(String attribute) {
			String text = ListenerMethods.this.placeholders.apply(attribute);
			return (text == null || text.isBlank()) ? null : text.trim();
		}

		String or(String attribute, String otherwise) {
			String text = text(attribute);
			return (text != null) ? text : otherwise;
		}

		String name(String attribute, String value) {
			String name = or(value, "");
			try {
				ANY.tagged("stream", name);
				return name;
			}
			catch (InvalidKeyNameException ex) {
				throw this.method
					.invalid("%s = \"%s\" can't be part of a key. Use at most 80 letters, digits, dots, dashes and "
						.formatted(attribute, name) + "underscores");
			}
		}

		@Nullable Integer number(String attribute, String value) {
			String text = text(value);
			if (text == null) {
				return null;
			}
			try {
				int number = Integer.parseInt(text);
				if (number >= 1) {
					return number;
				}
			}
			catch (NumberFormatException ex) {
				// said below
			}
			throw this.method.invalid("%s = \"%s\" is no number from 1 on".formatted(attribute, text));
		}

		int concurrency(String value) {
			Integer number = number("concurrency", value);
			return (number != null) ? number : 1;
		}

		int batchSize(String value) {
			Integer number = number("batchSize", value);
			if (number != null && !this.method.isBatch()) {
				throw this.method
					.invalid("batchSize is for methods that take a List of messages. Declare one, or leave "
							+ "batchSize out");
			}
			return (number != null) ? number : this.method.isBatch() ? BATCH : 1;
		}

		@Nullable Duration duration(String attribute, String value) {
			String text = text(value);
			if (text == null) {
				return null;
			}
			Duration duration = DurationExpression.parse(text);
			if (duration == null || duration.isNegative()) {
				throw this.method.invalid("%s = \"%s\" is no duration, such as 1s".formatted(attribute, text));
			}
			if (duration.compareTo(LONGEST) > 0) {
				throw this.method.invalid("%s = \"%s\" is longer than 365d".formatted(attribute, text));
			}
			return duration;
		}

		boolean flag(String attribute, String value) {
			String text = or(value, "true");
			if (!text.equals("true") && !text.equals("false")) {
				throw this.method.invalid("%s = \"%s\" is neither true nor false".formatted(attribute, text));
			}
			return text.equals("true");
		}

	}

}
