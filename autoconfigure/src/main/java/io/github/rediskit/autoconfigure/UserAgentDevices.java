package io.github.rediskit.autoconfigure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.github.rediskit.session.DeviceParser;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import ua_parser.Client;
import ua_parser.Parser;

/**
 * Devices by the patterns of the ua-parser project, such as
 * {@code Firefox 130 on Windows 10} and {@code Mobile Safari on iPhone}. The patterns are
 * loaded for the first log-in, since compiling them takes a good part of a second. Who
 * sends something long and strange makes them work hard, so they see only its beginning.
 */
final class UserAgentDevices implements DeviceParser {

	private static final Log logger = LogFactory.getLog(UserAgentDevices.class);

	private static final int LONGEST_AGENT = 512;

	private static final int MOST_KNOWN = 1000;

	private static final String OTHER = "Other";

	/** Which device it is says less than which system it has. */
	private static final Set<String> VAGUE = Set.of(OTHER, "Mac", "Generic Smartphone", "Generic Tablet",
			"Generic Feature Phone", "Spider");

	private final DeviceParser otherwise;

	/** What the last agents were, since most users log in with few. */
	private final Map<String, String> known = Collections.synchronizedMap(new Recent());

	private @Nullable Parser parser;

	private boolean broken;

	/**
	 * Creates the parser.
	 * @param otherwise describes what the patterns do not know
	 */
	UserAgentDevices(DeviceParser otherwise) {
		this.otherwise = otherwise;
	}

	@Override
	public String describe(@Nullable String userAgent) {
		if (userAgent == null || userAgent.isBlank()) {
			return this.otherwise.describe(null);
		}
		String agent = (userAgent.length() > LONGEST_AGENT) ? userAgent.substring(0, LONGEST_AGENT) : userAgent;
		String description = this.known.get(agent);
		if (description == null) {
			description = parse(agent);
			this.known.put(agent, description);
		}
		return description;
	}

	private String parse(String agent) {
		Parser patterns = parser();
		String description = (patterns != null) ? describe(patterns.parse(agent)) : "";
		return description.isEmpty() ? this.otherwise.describe(agent) : description;
	}

	private static String describe(Client client) {
		boolean device = !VAGUE.contains(client.device.family);
		String place = device ? client.device.family
				: withMajor(client.os.family, windows(client) ? client.os.major : null);
		String browser = withMajor(client.userAgent.family, device ? null : client.userAgent.major);
		if (browser.isEmpty() || place.isEmpty()) {
			return ShortenedAgents.cleaned(browser + place);
		}
		return ShortenedAgents.cleaned(browser + " on " + place);
	}

	/** Other systems have versions that nobody knows of his own. */
	private static boolean windows(Client client) {
		return client.os.family.equals("Windows");
	}

	private static String withMajor(String family, @Nullable String major) {
		if (family.equals(OTHER)) {
			return "";
		}
		return (major != null) ? family + " " + major : family;
	}

	private synchronized @Nullable Parser parser() {
		if (this.parser == null && !this.broken) {
			try {
				this.parser = new Parser();
			}
			catch (RuntimeException | LinkageError ex) {
				this.broken = true;
				logger.warn("Devices of users can't be recognized: the patterns of ua-parser can't be loaded", ex);
			}
		}
		return this.parser;
	}

	/** Forgets what was not asked for lately. */
	private static final class Recent extends LinkedHashMap<String, String> {

		private static final long serialVersionUID = 1L;

		Recent() {
			super(64, 0.75f, true);
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
			return size() > MOST_KNOWN;
		}

	}

}
