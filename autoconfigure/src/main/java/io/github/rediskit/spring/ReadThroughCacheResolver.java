package io.github.rediskit.spring;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.AbstractCacheResolver;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.core.MethodClassKey;

/**
 * Gives each operation of each call of an annotated method its own {@link TicketedCache},
 * so that what a call stores is tied to what it looked for, on whatever thread that
 * happens. It takes the place of Spring's resolver where that would ask our manager.
 */
public final class ReadThroughCacheResolver implements CacheResolver, SmartInitializingSingleton {

	private final ConcurrentMap<Key, TicketedCache.Kind> kinds = new ConcurrentHashMap<>();

	private final ReadThroughCacheManager manager;

	private final ObjectProvider<CacheManager> managers;

	private final ObjectProvider<CacheAspectSupport> aspects;

	/**
	 * Creates the resolver.
	 * @param manager the manager of the caches
	 * @param managers all managers
	 * @param aspects what calls the annotated methods
	 */
	public ReadThroughCacheResolver(ReadThroughCacheManager manager, ObjectProvider<CacheManager> managers,
			ObjectProvider<CacheAspectSupport> aspects) {
		this.manager = manager;
		this.managers = managers;
		this.aspects = aspects;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<CacheAspectSupport> ours = this.aspects.stream().filter(this::asksOurManager).toList();
		ours.forEach((aspect) -> aspect.setCacheResolver(this));
		if (!ours.isEmpty()) {
			this.manager.openDeclared();
		}
	}

	private boolean asksOurManager(CacheAspectSupport aspect) {
		CacheResolver resolver = aspect.getCacheResolver();
		return (resolver != null)
				? resolver instanceof AbstractCacheResolver plain && plain.getCacheManager() == this.manager
				: this.managers.getIfUnique() == this.manager;
	}

	@Override
	public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> context) {
		CacheOperation operation = (CacheOperation) context.getOperation();
		TicketedCache.Kind kind = kind(operation, context);
		return operation.getCacheNames()
			.stream()
			.map((name) -> new TicketedCache(this.manager.cache(name), kind))
			.toList();
	}

	private TicketedCache.Kind kind(CacheOperation operation, CacheOperationInvocationContext<?> context) {
		Class<?> target = AopProxyUtils.ultimateTargetClass(context.getTarget());
		Key key = new Key(operation, new MethodClassKey(context.getMethod(), target));
		TicketedCache.Kind known = this.kinds.get(key);
		if (known == null) {
			CacheableMethod method = CacheableMethod.of(operation, context.getMethod(), target);
			this.manager.types().declare(method);
			known = method.kind();
			this.kinds.put(key, known);
		}
		return known;
	}

	private record Key(CacheOperation operation, MethodClassKey method) {
	}

}
