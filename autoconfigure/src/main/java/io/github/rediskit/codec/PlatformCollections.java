package io.github.rediskit.codec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;

import org.jspecify.annotations.Nullable;

/**
 * The collections of the JDK that attributes may consist of, with the names that they
 * have in bytes. Those that can't be changed have one name for each kind, since which
 * class {@code List.of} makes is no promise of any JDK. Views of others, and collections
 * in an order that is not their elements' own, are left out.
 */
@SuppressWarnings("JdkObsolete") // users may have them
final class PlatformCollections {

	/** The headers of a request that Spring Security saves are such a map. */
	static final String ANY_CASE = "java.util.TreeMap(CASE_INSENSITIVE_ORDER)";

	private static final Map<String, Class<?>> CLASSES = new HashMap<>();

	private static final Map<Class<?>, String> NAMES = new HashMap<>();

	static {
		register("List", Collections.unmodifiableList(new ArrayList<>()), List.of(), List.of(1), List.of(1, 2, 3),
				Collections.emptyList(), Collections.singletonList(1),
				Collections.unmodifiableList(new LinkedList<>()));
		register("Set", Collections.unmodifiableSet(new HashSet<>()), Set.of(), Set.of(1), Set.of(1, 2, 3),
				Collections.emptySet(), Collections.singleton(1));
		register("Map", Collections.unmodifiableMap(new HashMap<>()), Map.of(), Map.of(1, 1), Map.of(1, 1, 2, 2),
				Collections.emptyMap(), Collections.singletonMap(1, 1));
		NAMES.put(Arrays.asList(1).getClass(), ArrayList.class.getName());
		for (Class<?> type : List.of(ArrayList.class, LinkedList.class, Vector.class, Stack.class, ArrayDeque.class,
				HashSet.class, LinkedHashSet.class, TreeSet.class, HashMap.class, LinkedHashMap.class, TreeMap.class,
				Hashtable.class, ConcurrentHashMap.class, ConcurrentLinkedQueue.class, ConcurrentLinkedDeque.class,
				ConcurrentSkipListMap.class, ConcurrentSkipListSet.class, CopyOnWriteArrayList.class,
				CopyOnWriteArraySet.class)) {
			CLASSES.put(type.getName(), type);
			NAMES.put(type, type.getName());
		}
		CLASSES.put(ANY_CASE, AnyCase.class);
	}

	private PlatformCollections() {
	}

	/** The first is what is read. */
	private static void register(String name, Object read, Object... written) {
		CLASSES.put(name, read.getClass());
		NAMES.put(read.getClass(), name);
		for (Object instance : written) {
			NAMES.put(instance.getClass(), name);
		}
	}

	static @Nullable Class<?> find(String name) {
		return CLASSES.get(name);
	}

	/** The name of a collection's class, {@code null} if it is none of these. */
	static @Nullable String nameOf(Object collection) {
		String name = NAMES.get(collection.getClass());
		Object order = (collection instanceof SortedMap<?, ?> map) ? map.comparator()
				: (collection instanceof SortedSet<?> set) ? set.comparator() : null;
		if (name == null || order == null) {
			return name;
		}
		return (order == String.CASE_INSENSITIVE_ORDER && collection.getClass() == TreeMap.class) ? ANY_CASE : null;
	}

	/** Stands for a {@link TreeMap} of texts in any case; it is never made. */
	@SuppressWarnings("serial")
	static final class AnyCase<V> extends TreeMap<String, V> {

		private AnyCase() {
		}

	}

}
