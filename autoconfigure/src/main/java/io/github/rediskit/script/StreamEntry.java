package io.github.rediskit.script;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a stream.
 *
 * @param id its id
 * @param fields its fields, each followed by its value
 */
public record StreamEntry(String id, List<byte[]> fields) {

	/**
	 * The value of a field.
	 * @param name the name of the field
	 * @return its value, or {@code null} if there is no such field
	 */
	public byte @Nullable [] get(byte[] name) {
		for (int i = 0; i + 1 < this.fields.size(); i += 2) {
			if (Arrays.equals(this.fields.get(i), name)) {
				return this.fields.get(i + 1);
			}
		}
		return null;
	}

}
