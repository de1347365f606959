package io.github.rediskit.autoconfigure;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.rediskit.codec.AttributeCodec;
import org.jspecify.annotations.Nullable;

import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.servlet.FlashMap;

/**
 * Attributes with those that Spring MVC keeps for the request after a redirect: a list of
 * maps that have fields, too. They are written as records, whatever they are written in.
 *
 * @param attributes writes the records, and all other attributes
 */
record FlashAttributes(AttributeCodec attributes) implements AttributeCodec {

	@Override
	public byte[] encode(byte[] place, String name, Object value) {
		return this.attributes.encode(place, name, isFlash(value) ? Maps.of((List<?>) value) : value);
	}

	private static boolean isFlash(Object value) {
		return value instanceof List<?> list && !list.isEmpty() && list.stream().allMatch(FlashMap.class::isInstance);
	}

	@Override
	public Object decode(byte[] place, String name, byte[] bytes) {
		Object value = this.attributes.decode(place, name, bytes);
		return (value instanceof Maps maps) ? maps.list() : value;
	}

	@Override
	public boolean isBound() {
		return this.attributes.isBound();
	}

	/**
	 * The maps of a session.
	 *
	 * @param maps the maps
	 */
	record Maps(ArrayList<Entry> maps) implements Serializable {

		static Maps of(List<?> list) {
			ArrayList<Entry> maps = new ArrayList<>();
			for (Object map : list) {
				maps.add(Entry.of((FlashMap) map));
			}
			return new Maps(maps);
		}

		/** As Spring MVC makes it: several requests may change it. */
		List<FlashMap> list() {
			return new CopyOnWriteArrayList<>(this.maps.stream().map(Entry::map).toList());
		}

		/**
		 * One map.
		 *
		 * @param path the path that it is for
		 * @param parameters the parameters that it is for
		 * @param expires when it ends, in milliseconds since 1970; -1 for never
		 * @param attributes what is in it
		 */
		record Entry(@Nullable String path, HashMap<String, ArrayList<String>> parameters, long expires,
				HashMap<String, Object> attributes) implements Serializable {

			static Entry of(FlashMap map) {
				HashMap<String, ArrayList<String>> parameters = new HashMap<>();
				map.getTargetRequestParams().forEach((name, values) -> parameters.put(name, new ArrayList<>(values)));
				return new Entry(map.getTargetRequestPath(), parameters, map.getExpirationTime(), new HashMap<>(map));
			}

			FlashMap map() {
				FlashMap map = new FlashMap();
				map.putAll(this.attributes);
				map.setTargetRequestPath(this.path);
				map.addTargetRequestParams(new LinkedMultiValueMap<>(Map.copyOf(this.parameters)));
				map.setExpirationTime(this.expires);
				return map;
			}

		}

	}

}
