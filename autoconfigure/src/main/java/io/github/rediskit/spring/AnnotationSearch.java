package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.ratelimit.RateLimited;

import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * Which of our annotations a method has. To look for them is most of what they cost at
 * start, since every method of every bean may have one: so it is done once, for all who
 * read them.
 */
public final class AnnotationSearch {

	private static final List<Class<? extends Annotation>> ALL = Stream
		.concat(CacheMethods.ANNOTATIONS.stream(), Stream.of(RateLimited.class, DistributedLock.class))
		.toList();

	private final Map<Method, Set<Class<? extends Annotation>>> found = new ConcurrentHashMap<>();

	private final Function<Method, MergedAnnotations> search;

	/**
	 * Creates the search.
	 */
	public AnnotationSearch() {
		this((method) -> MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY));
	}

	AnnotationSearch(Function<Method, MergedAnnotations> search) {
		this.search = search;
	}

	/** Whether a method has one of some annotations, which are ours. */
	boolean isAnnotated(Method method, Collection<Class<? extends Annotation>> annotations) {
		return !Collections.disjoint(this.found.computeIfAbsent(method, this::search), annotations);
	}

	private Set<Class<? extends Annotation>> search(Method method) {
		MergedAnnotations present = this.search.apply(method);
		return ALL.stream().filter(present::isPresent).collect(Collectors.toUnmodifiableSet());
	}

}
