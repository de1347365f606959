package io.github.rediskit.codec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Which classes the attributes of sessions may consist of, beside the values and
 * collections of the JDK: those of some packages, and of what is below them, and single
 * classes with those nested in them. A class of another name is not even loaded. What
 * Spring makes of a class at run time is never allowed.
 */
public final class AttributeTypes {

	private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*(\\.[\\p{L}_][\\p{L}\\p{N}_$]*)*");

	/** Would allow what is not the application's. */
	private static final Set<String> TOO_MUCH = Set.of("com", "org", "net", "io", "dev", "java", "javax", "jakarta",
			"jdk", "sun", "com.sun", "kotlin", "org.springframework", "org.apache", "com.fasterxml", "tools.jackson");

	private static final List<String> PLATFORM = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

	private final List<Rule> rules;

	private final ClassLoader loader;

	/** Those that are allowed, of names and classes that were asked for. */
	private final Map<String, Class<?>> found = new ConcurrentHashMap<>();

	private AttributeTypes(List<Rule> rules, ClassLoader loader) {
		this.rules = List.copyOf(rules);
		this.loader = loader;
	}

	/**
	 * The types that an application allows.
	 * @param allowed names of packages, such as {@code com.shop.cart}, and of classes
	 * @param loader loads the classes
	 * @return the types
	 * @throws IllegalArgumentException if a name can't be meant; the message says what to
	 * write instead
	 */
	public static AttributeTypes of(Collection<String> allowed, ClassLoader loader) {
		List<Rule> rules = new ArrayList<>();
		for (String name : allowed) {
			rules.add(rule(name, loader));
		}
		return new AttributeTypes(rules, loader);
	}

	private static Rule rule(String name, ClassLoader loader) {
		if (name.endsWith(".*") || name.endsWith(".")) {
			throw new IllegalArgumentException(
					"'%s' is neither a package nor a class: write '%s', which allows what is ".formatted(name,
							name.replaceAll("[.*]+$", "")) + "below it, too");
		}
		if (!NAME.matcher(name).matches()) {
			throw new IllegalArgumentException(
					"'%s' is neither a package nor a class: write a name such as 'com.shop.cart'".formatted(name));
		}
		if (TOO_MUCH.contains(name)) {
			throw new IllegalArgumentException(
					"'%s' would allow the classes of others, among them such as do harm when they are made: write the "
						.formatted(name) + "packages of what is kept in sessions");
		}
		if (PLATFORM.stream().anyMatch(name::startsWith)) {
			throw new IllegalArgumentException(
					"'%s' is the platform's, of which the values and collections are allowed and nothing else: "
						.formatted(name) + "leave it out");
		}
		if (load(name, loader) != null) {
			return new Rule(name, '$', (type) -> true);
		}
		if (Character.isUpperCase(name.charAt(name.lastIndexOf('.') + 1))) {
			throw new IllegalArgumentException(
					"There is no class '%s': write its full name, with '$' before a nested class".formatted(name));
		}
		return new Rule(name, '.', (type) -> true);
	}

	/**
	 * These types, and some of a package.
	 * @param packageName the package
	 * @param condition which of the classes in it and below it are allowed
	 * @return the types
	 */
	public AttributeTypes alsoWithin(String packageName, Predicate<Class<?>> condition) {
		List<Rule> more = new ArrayList<>(this.rules);
		more.add(new Rule(packageName, '.', condition));
		return new AttributeTypes(more, this.loader);
	}

	ClassLoader loader() {
		return this.loader;
	}

	boolean allow(Class<?> type) {
		String name = type.getName();
		if (this.found.get(name) == type) {
			return true;
		}
		boolean allowed = !type.isHidden() && !name.contains("$$")
				&& this.rules.stream().anyMatch((rule) -> rule.covers(name) && rule.condition().test(type));
		if (allowed) {
			this.found.put(name, type);
		}
		return allowed;
	}

	/**
	 * The class of a name.
	 * @return the class, {@code null} if it is not allowed or does not exist
	 */
	@Nullable Class<?> find(String name) {
		Class<?> known = this.found.get(name);
		if (known != null) {
			return known;
		}
		if (name.contains("$$") || this.rules.stream().noneMatch((rule) -> rule.covers(name))) {
			return null;
		}
		Class<?> type = load(name, this.loader);
		return (type != null && allow(type)) ? type : null;
	}

	static @Nullable Class<?> load(String name, ClassLoader loader) {
		try {
			return Class.forName(name, false, loader);
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return null;
		}
	}

	/** Names that are this one or go on after it with a separator. */
	private record Rule(String name, char separator, Predicate<Class<?>> condition) {

		boolean covers(String type) {
			return type.startsWith(this.name)
					&& (type.length() == this.name.length() || type.charAt(this.name.length()) == this.separator);
		}

	}

}
