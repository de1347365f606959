package io.github.rediskit.autoconfigure;

import java.beans.PropertyDescriptor;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;

/**
 * Finds what somebody meant who wrote a property that does not exist. What exists is read
 * from the class that the properties are bound to.
 */
final class KnownProperties {

	private KnownProperties() {
	}

	/**
	 * Find the first element of a name that does not exist.
	 * @param type what the properties are bound to
	 * @param prefix what they begin with
	 * @param name the name of a property below the prefix
	 * @return the element and what there is in its place, if an element is unknown
	 */
	static Optional<Unknown> unknownElement(ResolvableType type, ConfigurationPropertyName prefix,
			ConfigurationPropertyName name) {
		ResolvableType current = type;
		int key = -1;
		for (int i = prefix.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
			if (Map.class.isAssignableFrom(current.toClass())) {
				current = current.asMap().getGeneric(1);
				key = i;
			}
			else if (Collection.class.isAssignableFrom(current.toClass())) {
				current = current.asCollection().getGeneric(0);
			}
			else {
				Map<String, ResolvableType> known = members(current);
				if (i == 1) {
					RediskitPropertiesCheck.FEATURES.forEach((feature) -> known.put(feature, ResolvableType.NONE));
				}
				ResolvableType next = known.get(name.getElement(i, Form.DASHED));
				if (next == null) {
					return Optional.of(new Unknown(name, i, known.keySet(),
							(key == i - 1 && key > 0) ? dottedKey(name, key, known.keySet()) : null));
				}
				current = next;
			}
		}
		return Optional.empty();
	}

	/** A key of a map that was written without brackets goes on to what is known. */
	private static @Nullable String dottedKey(ConfigurationPropertyName name, int first, Collection<String> known) {
		for (int i = first + 2; i < name.getNumberOfElements(); i++) {
			if (known.contains(name.getElement(i, Form.DASHED))) {
				return name.subName(first).chop(i - first).toString();
			}
		}
		return null;
	}

	private static Map<String, ResolvableType> members(ResolvableType type) {
		Map<String, ResolvableType> members = new TreeMap<>();
		Class<?> target = type.toClass();
		if (target.isRecord()) {
			for (RecordComponent component : target.getRecordComponents()) {
				members.put(name(target, component),
						ResolvableType.forMethodReturnType(component.getAccessor(), target));
			}
		}
		else if (!BeanUtils.isSimpleProperty(target)) {
			for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(target)) {
				if (property.getReadMethod() != null && property.getReadMethod().getDeclaringClass() != Object.class) {
					members.put(DataObjectPropertyName.toDashedForm(property.getName()),
							ResolvableType.forMethodReturnType(property.getReadMethod(), target));
				}
			}
		}
		return members;
	}

	/** As the component's field, which carries its annotations, is bound. */
	private static String name(Class<?> target, RecordComponent component) {
		Field field = ReflectionUtils.findField(target, component.getName());
		Name name = (field != null) ? field.getAnnotation(Name.class) : null;
		return (name != null) ? name.value() : DataObjectPropertyName.toDashedForm(component.getName());
	}

	/** Number of letters to insert, delete or replace. */
	static int distance(String from, String to) {
		int[] row = new int[to.length() + 1];
		for (int i = 0; i <= from.length(); i++) {
			int diagonal = 0;
			for (int j = 0; j <= to.length(); j++) {
				int above = row[j];
				if (i == 0 || j == 0) {
					row[j] = i + j;
				}
				else {
					int replaced = diagonal + ((from.charAt(i - 1) == to.charAt(j - 1)) ? 0 : 1);
					row[j] = Math.min(replaced, 1 + Math.min(above, row[j - 1]));
				}
				diagonal = above;
			}
		}
		return row[to.length()];
	}

	/**
	 * An element that does not exist.
	 *
	 * @param name the whole name
	 * @param index index of the element
	 * @param known what there is in its place
	 * @param dottedKey the name with dots that it may belong to, if there is one
	 */
	record Unknown(ConfigurationPropertyName name, int index, Collection<String> known, @Nullable String dottedKey) {

		/**
		 * Return the name with the most similar element in its place.
		 * @return the name, unless nothing is similar
		 */
		Optional<ConfigurationPropertyName> meant() {
			String wrong = this.name.getElement(this.index, Form.DASHED);
			return this.known.stream()
				.min(Comparator.comparingInt((candidate) -> distance(wrong, candidate)))
				.filter((nearest) -> distance(wrong, nearest) <= Math.max(2, wrong.length() / 3))
				.map((nearest) -> this.name.chop(this.index).append(nearest).append(this.name.subName(this.index + 1)));
		}

		ConfigurationPropertyName parent() {
			return this.name.chop(this.index);
		}

	}

}
