package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Which type the values of a cache have. Spring's caches do not see the methods that they
 * serve, so all bean classes are searched for annotated methods: also those of beans that
 * are made later. A setting decides where no method tells, or where several disagree.
 */
public final class CacheValueTypes {

	private static final String SETTING = "rediskit.cache.caches.%s.type";

	private final Map<String, CacheableMethod> declared = new ConcurrentHashMap<>();

	private final Map<String, Class<?>> configured;

	private final ConfigurableListableBeanFactory beans;

	private final CacheMethods methods;

	private volatile boolean searched;

	/**
	 * Creates the types.
	 * @param configured the types that settings name, by the name of the cache
	 * @param beans the beans whose methods are searched
	 * @param methods the methods with our own annotations
	 */
	public CacheValueTypes(Map<String, Class<?>> configured, ConfigurableListableBeanFactory beans,
			CacheMethods methods) {
		this.configured = configured;
		this.beans = beans;
		this.methods = methods;
	}

	/**
	 * The names that are known, from methods and settings.
	 * @return the names
	 */
	Set<String> names() {
		search();
		return Stream.of(this.configured.keySet(), this.declared.keySet(), names(this.methods.cached()))
			.flatMap(Collection::stream)
			.collect(Collectors.toSet());
	}

	private static Set<String> names(Collection<CachedMethod> methods) {
		return methods.stream().map(CachedMethod::cache).collect(Collectors.toSet());
	}

	/**
	 * The type of a cache's values.
	 * @param cache the name of the cache
	 * @return the type
	 * @throws IllegalStateException if nothing tells
	 */
	Type of(String cache) {
		Type type = find(cache);
		if (type == null) {
			throw new IllegalStateException(("No annotated method tells the type of the values of the cache '%s': set "
					+ SETTING + " to the name of their class")
				.formatted(cache, cache));
		}
		return type;
	}

	@Nullable Type find(String cache) {
		Class<?> setting = this.configured.get(cache);
		if (setting != null) {
			return setting;
		}
		search();
		CacheableMethod method = this.declared.get(cache);
		return (method != null) ? method.type() : typeOfOurs(cache);
	}

	/** Methods with our own annotation may disagree: then none of them tells. */
	private @Nullable Type typeOfOurs(String cache) {
		Map<String, Type> types = this.methods.cached()
			.stream()
			.filter((method) -> method.cache().equals(cache))
			.map(CachedMethod::valueType)
			.collect(Collectors.toMap(CacheValueTypes::nameOf, Function.identity(), (one, same) -> one));
		return (types.size() == 1) ? types.values().iterator().next() : null;
	}

	/** The method by which a cache has its type, if one has declared it. */
	@Nullable CacheableMethod declaration(String cache) {
		return this.configured.containsKey(cache) ? null : this.declared.get(cache);
	}

	/**
	 * Notes what a method says.
	 * @param method the method
	 * @throws InvalidAnnotationException if another method says otherwise
	 */
	void declare(CacheableMethod method) {
		Type type = method.type();
		if (type == null || !method.writes()) {
			return;
		}
		for (String cache : method.operation().getCacheNames()) {
			Class<?> setting = this.configured.get(cache);
			if (setting != null) {
				requireAssignable(method, cache, ResolvableType.forType(type), setting);
				continue;
			}
			CacheableMethod other = this.declared.putIfAbsent(cache, method);
			if (other != null && !nameOf(other.type()).equals(nameOf(type))) {
				throw method
					.invalid(("the cache '%s' holds values of %s, which %s.%s returns, and this method returns %s: "
							+ "give it a cache of its own, or set " + SETTING + " to the class of all its values")
						.formatted(cache, nameOf(other.type()), other.method().getDeclaringClass().getSimpleName(),
								other.method().getName(), nameOf(type), cache),
							null);
			}
		}
	}

	private static void requireAssignable(CacheableMethod method, String cache, ResolvableType type, Class<?> setting) {
		if (!ClassUtils.isAssignable(type.resolve(Object.class), setting)) {
			throw method.invalid(("the cache '%s' holds values of %s, as " + SETTING
					+ " says, which is not what this method returns: give it a cache of its own")
				.formatted(cache, setting.getName(), cache), null);
		}
	}

	/** The name tells generics, and is the same whoever made the type. */
	private static String nameOf(@Nullable Type type) {
		return (type instanceof Class<?> plain) ? ClassUtils.resolvePrimitiveIfNecessary(plain).getTypeName()
				: Objects.requireNonNull(type).getTypeName();
	}

	/** Asks for no bean: it may be called while they are being made. */
	void search() {
		if (!this.searched) {
			this.beans.getBeanProvider(CacheOperationSource.class)
				.stream()
				.forEach(
						(source) -> this.beans.getBeanNamesIterator().forEachRemaining((bean) -> search(source, bean)));
			this.searched = true;
		}
	}

	private void search(CacheOperationSource source, String bean) {
		Class<?> type = AutoProxyUtils.determineTargetClass(this.beans, bean);
		if (type == null || !source.isCandidateClass(type)) {
			return;
		}
		Class<?> userClass = ClassUtils.getUserClass(type);
		Map<Method, Collection<CacheOperation>> methods = MethodIntrospector.selectMethods(userClass,
				(MethodIntrospector.MetadataLookup<Collection<CacheOperation>>) (method) -> source
					.getCacheOperations(method, userClass));
		methods.forEach((method, operations) -> operations.stream()
			.filter((operation) -> isOurs(operation, method))
			.forEach((operation) -> declare(CacheableMethod.of(operation, method, userClass))));
	}

	private boolean isOurs(CacheOperation operation, Method method) {
		String resolver = operation.getCacheResolver();
		if (StringUtils.hasText(resolver)) {
			return isA(resolver, ReadThroughCacheResolver.class);
		}
		String manager = operation.getCacheManager();
		if (StringUtils.hasText(manager) && isA(manager, ReadThroughCacheManager.class)) {
			throw new InvalidAnnotationException(CacheableMethod.annotation(operation), method,
					("cacheManager = \"%s\" asks that manager for a cache without saying what for: leave it out, "
							+ "or write cacheResolver = \"rediskitCacheResolver\" instead")
						.formatted(manager),
					null);
		}
		return !StringUtils.hasText(manager);
	}

	private boolean isA(String bean, Class<?> type) {
		return this.beans.containsBean(bean) && this.beans.isTypeMatch(bean, type);
	}

}
