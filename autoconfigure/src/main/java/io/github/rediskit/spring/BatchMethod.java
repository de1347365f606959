package io.github.rediskit.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.Cached;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * How a method is called for several keys.
 *
 * @param argument which argument holds the keys
 * @param keysAsSet whether it is a set
 * @param itemKey the key of one element of the list that is returned; {@code null} for a
 * map
 * @param valuesAsSet whether the elements are returned as a set
 * @param valueType the type of one value
 */
record BatchMethod(int argument, boolean keysAsSet, @Nullable MethodExpression itemKey, boolean valuesAsSet,
		ResolvableType valueType) {

	/**
	 * Reads the attributes of a method that is called for several keys.
	 * @param cached the annotation
	 * @param expressions its expressions
	 * @param delivered the type of what the method hands over
	 * @return how it is called, or {@code null} if it is called for one key
	 */
	static @Nullable BatchMethod read(Cached cached, MethodExpressions expressions, ResolvableType delivered) {
		MethodExpression keys = expressions.expression("keys", cached.keys(), false);
		MethodExpression itemKey = expressions.itemExpression("itemKey", cached.itemKey());
		if (keys == null) {
			if (itemKey != null) {
				throw expressions.invalid("itemKey is set without keys: write keys = \"#\" and the parameter that "
						+ "holds them, or leave it out", null);
			}
			return null;
		}
		if (!cached.key().isEmpty()) {
			throw expressions.invalid("key and keys exclude each other: leave one out", null);
		}
		Class<?> parameter = (keys.argument() >= 0) ? expressions.parameterType(keys.argument()) : Object.class;
		if (parameter != Collection.class && parameter != List.class && parameter != Set.class) {
			throw expressions
				.invalid("the keys '%s' must be exactly one parameter, a Collection, List or Set: write it as #name"
					.formatted(keys), null);
		}
		Class<?> returned = delivered.resolve(Object.class);
		boolean list = returned.isAssignableFrom(ArrayList.class) && Collection.class.isAssignableFrom(returned);
		boolean set = returned.isAssignableFrom(LinkedHashSet.class) && Collection.class.isAssignableFrom(returned);
		if (returned == Map.class && itemKey == null) {
			return new BatchMethod(keys.argument(), parameter == Set.class, null, false, delivered.getGeneric(1));
		}
		if (itemKey != null && (list || set)) {
			return new BatchMethod(keys.argument(), parameter == Set.class, itemKey, !list, delivered.getGeneric(0));
		}
		throw expressions.invalid("with keys a method returns a Map by these keys, or a List and says the itemKey",
				null);
	}

	/** The keys of a call, by id. */
	Map<KeyId, @Nullable Object> keys(Call call) {
		Object argument = call.args()[this.argument];
		Map<KeyId, @Nullable Object> result = new LinkedHashMap<>();
		if (argument instanceof Collection<?> keys) {
			for (@Nullable
			Object key : keys) {
				result.putIfAbsent(KeyId.of(key), key);
			}
		}
		return result;
	}

	/** The arguments with which the method is called for some of the keys. */
	@Nullable Object[] arguments(Call call, Collection<@Nullable Object> keys) {
		@Nullable Object[] result = call.args().clone();
		result[this.argument] = this.keysAsSet ? new LinkedHashSet<>(keys) : new ArrayList<>(keys);
		return result;
	}

	/** What the method handed over, by the keys' ids. */
	Map<KeyId, Object> values(Call call, @Nullable Object returned) {
		Map<KeyId, Object> result = new LinkedHashMap<>();
		if (returned instanceof Map<?, ?> map) {
			map.forEach((key, value) -> {
				if (value != null) {
					result.put(KeyId.of(key), value);
				}
			});
		}
		else if (returned instanceof Collection<?> items && this.itemKey != null) {
			for (Object item : items) {
				if (item != null) {
					result.put(KeyId.of(this.itemKey.evaluate(call, item)), item);
				}
			}
		}
		return result;
	}

	/**
	 * What the caller gets, in the order of its keys and without those that have none; if
	 * they are optional, these are empty.
	 */
	Object returned(Map<KeyId, @Nullable Object> keys, Map<KeyId, @Nullable Object> values,
			UnaryOperator<@Nullable Object> value) {
		if (this.itemKey != null) {
			List<Object> found = values.values()
				.stream()
				.map(value)
				.filter(Objects::nonNull)
				.map(Objects::requireNonNull)
				.toList();
			return this.valuesAsSet ? new LinkedHashSet<>(found) : new ArrayList<>(found);
		}
		Map<@Nullable Object, Object> result = new LinkedHashMap<>();
		keys.forEach((id, key) -> {
			Object found = value.apply(values.get(id));
			if (found != null) {
				result.put(key, found);
			}
		});
		return result;
	}

}
