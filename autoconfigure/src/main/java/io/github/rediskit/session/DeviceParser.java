package io.github.rediskit.session;

import org.jspecify.annotations.Nullable;

/**
 * Says in a few words which device a user agent is, such as {@code Firefox on Linux}.
 */
@FunctionalInterface
public interface DeviceParser {

	/**
	 * Describes a device.
	 * @param userAgent the request's header {@code User-Agent}, whatever it holds;
	 * {@code null} if there was none
	 * @return some words, never empty
	 */
	String describe(@Nullable String userAgent);

}
