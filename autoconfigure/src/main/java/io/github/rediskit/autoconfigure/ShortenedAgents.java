package io.github.rediskit.autoconfigure;

import io.github.rediskit.session.DeviceParser;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * The beginning of what a client says it is, where nothing knows what that means.
 */
final class ShortenedAgents implements DeviceParser {

	static final String UNKNOWN = "unknown device";

	private static final int LONGEST = 60;

	/**
	 * What describes devices with the libraries that there are.
	 * @param loader knows the libraries
	 * @return the parser, which loads nothing before it is used
	 */
	static DeviceParser orBetter(ClassLoader loader) {
		ShortenedAgents shortened = new ShortenedAgents();
		boolean better = ClassUtils.isPresent("ua_parser.Parser", loader)
				&& ClassUtils.isPresent("org.yaml.snakeyaml.LoaderOptions", loader);
		return better ? new UserAgentDevices(shortened) : shortened;
	}

	@Override
	public String describe(@Nullable String userAgent) {
		String text = (userAgent != null) ? cleaned(userAgent) : "";
		if (text.isEmpty()) {
			return UNKNOWN;
		}
		return (text.length() > LONGEST) ? text.substring(0, LONGEST - 1).strip() + "…" : text;
	}

	/** In one line, of characters that everybody can show. */
	static String cleaned(String text) {
		StringBuilder result = new StringBuilder();
		for (int i = 0; i < text.length() && result.length() <= LONGEST; i++) {
			char letter = text.charAt(i);
			boolean blank = letter <= ' ' || letter > '~';
			if (!blank) {
				result.append(letter);
			}
			else if (!result.isEmpty() && result.charAt(result.length() - 1) != ' ') {
				result.append(' ');
			}
		}
		return result.toString().strip();
	}

}
