package io.github.rediskit.script;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Some of the keys that are looked for.
 *
 * @param keys what was found; often nothing
 * @param next where to go on; {@code null} at the end
 */
public record KeyScan(List<byte[]> keys, @Nullable Place next) {

	/**
	 * A place among the keys, meant for the gateway that named it.
	 */
	public interface Place {

	}

}
