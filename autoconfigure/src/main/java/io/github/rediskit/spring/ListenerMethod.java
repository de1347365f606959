package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.BaseStream;

import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.codec.UnsupportedValueTypeException;
import io.github.rediskit.messaging.MessageHandler;
import io.github.rediskit.messaging.MessageInfo;
import io.github.rediskit.messaging.ReceivedMessage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;

/**
 * A method that handles messages: what its parameters are made of, and when what it
 * returns has ended.
 */
final class ListenerMethod {

	private final Class<? extends Annotation> annotation;

	private final Method method;

	private final Class<?> targetClass;

	private final List<Part> parts = new ArrayList<>();

	private final boolean batch;

	private final @Nullable ReactiveAdapter adapter;

	/**
	 * Reads a method.
	 * @param annotation by which it is one
	 * @param method the method, as the bean's class has it
	 * @param targetClass the bean's class
	 */
	ListenerMethod(Class<? extends Annotation> annotation, Method method, Class<?> targetClass) {
		this.annotation = annotation;
		this.method = method;
		this.targetClass = targetClass;
		requireCallable();
		boolean lists = false;
		boolean singles = false;
		for (Type declared : method.getGenericParameterTypes()) {
			Type type = GenericTypeResolver.resolveType(declared, targetClass);
			ResolvableType resolved = ResolvableType.forType(type);
			boolean list = resolved.resolve() == List.class;
			lists |= list;
			singles |= !list;
			ResolvableType of = list ? resolved.getGeneric(0) : resolved;
			this.parts.add(new Part(of, part(of), list));
		}
		if (lists && singles) {
			throw invalid("it takes lists and something else. Declare all its parameters as lists to get several "
					+ "messages at once, or none of them");
		}
		requireOnePayload();
		this.parts.forEach(this::requireNoOtherBatch);
		this.batch = lists;
		this.adapter = adapter(
				ResolvableType.forType(GenericTypeResolver.resolveType(method.getGenericReturnType(), targetClass))
					.resolve(Object.class));
	}

	private void requireCallable() {
		if (Modifier.isPrivate(this.method.getModifiers()) || Modifier.isStatic(this.method.getModifiers())) {
			throw invalid("a private or static method is not called on the bean. Declare it as neither");
		}
		if (Suspending.is(this.method)) {
			throw invalid("a suspending function can't be followed to its end. Return a Mono, or let it not suspend");
		}
	}

	private static Kind part(ResolvableType type) {
		if (type.resolve() == MessageInfo.class) {
			return Kind.INFO;
		}
		boolean fields = type.resolve() == Map.class && type.getGeneric(0).resolve() == String.class
				&& type.getGeneric(1).resolve() == String.class;
		return fields ? Kind.FIELDS : Kind.PAYLOAD;
	}

	private void requireOnePayload() {
		long payloads = this.parts.stream().filter((part) -> part.kind() == Kind.PAYLOAD).count();
		if (this.parts.isEmpty()) {
			throw invalid("it has no parameter. Declare one of the type of the messages, such as Order order");
		}
		if (payloads > 1) {
			throw invalid("%d of its parameters could be the message. Declare one, beside it a MessageInfo or a "
				.formatted(payloads) + "Map<String, String> of its fields if you like");
		}
		this.parts.forEach((part) -> {
			if (part.type().hasUnresolvableGenerics() || part.type().resolve() == null) {
				throw invalid("the type %s of its message is not known. Declare one without type variables"
					.formatted(part.type()));
			}
		});
	}

	/** Who writes Collection means several messages, and would get none of them. */
	private void requireNoOtherBatch(Part part) {
		Class<?> type = part.type().resolve(Object.class);
		boolean array = type.isArray() && !type.getComponentType().isPrimitive();
		boolean several = type == Iterable.class
				|| (type.getName().startsWith("java.util.") && (Iterable.class.isAssignableFrom(type)
						|| Iterator.class.isAssignableFrom(type) || BaseStream.class.isAssignableFrom(type)));
		if (!part.list() && (array || several)) {
			throw invalid(
					("it takes a %s, and only a List means several messages. Declare a List of the messages' type. "
							+ "If each message is an array in itself, declare a List of %s")
						.formatted(type.getSimpleName(), part.type()));
		}
	}

	private @Nullable ReactiveAdapter adapter(Class<?> returned) {
		if (returned == void.class || returned == Void.class || CompletionStage.class.isAssignableFrom(returned)) {
			return null;
		}
		ReactiveAdapter found = ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned);
		if (found == null) {
			throw invalid("nobody gets what it returns, a %s. Return nothing, a CompletionStage or a Mono"
				.formatted(returned.getSimpleName()));
		}
		return found;
	}

	boolean isBatch() {
		return this.batch;
	}

	String place() {
		return this.targetClass.getName() + "." + this.method.getName();
	}

	InvalidAnnotationException invalid(String problem) {
		return new InvalidAnnotationException(this.annotation, this.method, problem, null);
	}

	/**
	 * What calls the method of a bean.
	 * @param bean the bean, which may be a proxy
	 * @param codecs read messages
	 * @return the handler
	 */
	MessageHandler handler(Object bean, MessageCodecs codecs) {
		Method callable = callable(bean);
		List<Function<ReceivedMessage, Object>> sources = this.parts.stream()
			.map((part) -> source(part, codecs))
			.toList();
		return (messages) -> call(bean, callable, arguments(messages, sources));
	}

	private Method callable(Object bean) {
		if (Modifier.isFinal(this.method.getModifiers()) && AopUtils.isCglibProxy(bean)) {
			throw invalid("the bean has a proxy, which a final method does not get past: it would be called on the "
					+ "proxy, without the bean's fields. Declare it without final");
		}
		if (AopUtils.isCglibProxy(bean) && isHiddenFrom(bean.getClass())) {
			throw invalid("the bean has a proxy in another package, which does not get to a method without a modifier: "
					+ "it would be called on the proxy, without the bean's fields. Declare it public or protected");
		}
		try {
			Method callable = AopUtils.selectInvocableMethod(this.method, bean.getClass());
			callable.trySetAccessible();
			return callable;
		}
		catch (IllegalStateException ex) {
			throw invalid("the bean's proxy has no such method. Declare it in the interface, or proxy the class");
		}
	}

	private boolean isHiddenFrom(Class<?> proxy) {
		int modifiers = this.method.getModifiers();
		return !Modifier.isPublic(modifiers) && !Modifier.isProtected(modifiers)
				&& !this.method.getDeclaringClass().getPackageName().equals(proxy.getPackageName());
	}

	private Function<ReceivedMessage, Object> source(Part part, MessageCodecs codecs) {
		return switch (part.kind()) {
			case INFO -> ReceivedMessage::info;
			case FIELDS -> ReceivedMessage::fields;
			case PAYLOAD -> {
				try {
					MessageCodecs.Reader<Object> reader = codecs.reader(part.type().getType());
					yield (message) -> message.as(reader);
				}
				catch (UnsupportedValueTypeException ex) {
					throw invalid(String.valueOf(ex.getMessage()));
				}
			}
		};
	}

	private Object[] arguments(List<ReceivedMessage> messages, List<Function<ReceivedMessage, Object>> sources) {
		Object[] arguments = new Object[sources.size()];
		for (int i = 0; i < arguments.length; i++) {
			Function<ReceivedMessage, Object> source = sources.get(i);
			if (this.batch) {
				List<Object> list = new ArrayList<>(messages.size());
				messages.forEach((message) -> list.add(source.apply(message)));
				arguments[i] = list;
			}
			else {
				arguments[i] = source.apply(messages.get(0));
			}
		}
		return arguments;
	}

	private @Nullable CompletionStage<?> call(Object bean, Method callable, Object[] arguments) throws Exception {
		Object returned;
		try {
			returned = callable.invoke(bean, arguments);
		}
		catch (InvocationTargetException ex) {
			if (ex.getTargetException() instanceof Error error) {
				throw error;
			}
			throw (ex.getTargetException() instanceof Exception failure) ? failure : ex;
		}
		if (returned instanceof CompletionStage<?> stage) {
			return stage;
		}
		if (returned != null && this.adapter != null) {
			return Flux.from(this.adapter.toPublisher(returned)).then().toFuture();
		}
		return null;
	}

	private enum Kind {

		PAYLOAD, INFO, FIELDS

	}

	/**
	 * What a parameter is made of.
	 *
	 * @param type its type, or that of the elements of a list
	 * @param kind what it is
	 * @param list whether it is a list
	 */
	private record Part(ResolvableType type, Kind kind, boolean list) {
	}

}
