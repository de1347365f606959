package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.github.rediskit.session.SessionSettings;
import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.session.SessionSettings.OnFailure;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * Settings of HTTP sessions.
 *
 * @param enabled Whether HTTP sessions are kept in Redis.
 * @param connection Name of the connection that sessions use.
 * @param timeout How long a session lives after its last use. By default what
 * spring.session.timeout, server.servlet.session.timeout or
 * server.reactive.session.timeout says, or 30 minutes.
 * @param maxPerUser How many sessions a user may have at a time. By default any number.
 * @param onExceed What happens when a user with so many logs in once more: his oldest
 * session ends, or the log-in is refused.
 * @param onFailure What happens to requests while Redis is away: they are answered with
 * status 503 (fail), or go on with an empty session that is not stored (open).
 * @param maxSize How large the attributes of a session may be together, as they are
 * stored. What would be larger is not saved, and the request fails.
 * @param serialization How attributes are written: json, or jdk. What the other one wrote
 * is not read: such a session is a new one.
 * @param allowedTypes Packages and classes, such as com.shop.cart, that attributes may
 * consist of, beside values and collections of the JDK and what Spring Security keeps in
 * sessions.
 * @param compression Whether attributes are compressed.
 * @param encryption Whether attributes are encrypted.
 */
@ConfigurationProperties(prefix = "rediskit.session", ignoreUnknownFields = false)
record SessionProperties(@DefaultValue("true") boolean enabled, @DefaultValue("default") String connection,
		@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration timeout, @Nullable Integer maxPerUser,
		@DefaultValue("expire-oldest") OnExceed onExceed, @DefaultValue("fail") OnFailure onFailure,
		@DefaultValue("10MB") DataSize maxSize, @DefaultValue("json") Serialization serialization,
		@DefaultValue List<String> allowedTypes, @DefaultValue Compression compression,
		@DefaultValue Encryption encryption) {

	static final String PREFIX = "rediskit.session";

	/**
	 * The settings that these texts mean.
	 * @param elsewhere what other properties say about the timeout
	 */
	SessionSettings settings(SessionTimeout elsewhere) {
		if (this.maxPerUser != null && this.maxPerUser == 0) {
			throw new InvalidSettingException(PREFIX + ".max-per-user", "is 0, so that nobody could log in",
					"Write how many sessions a user may have, such as 3, or leave it out for any number.");
		}
		String property = (this.timeout != null) ? PREFIX + ".timeout" : elsewhere.property();
		try {
			return new SessionSettings((this.timeout != null) ? this.timeout : elsewhere.timeout(),
					(this.maxPerUser != null) ? this.maxPerUser : 0, this.onExceed, this.onFailure,
					this.maxSize.toBytes());
		}
		catch (InvalidSettingException ex) {
			throw new InvalidSettingException(ex.setting().equals("timeout") ? property : PREFIX + "." + ex.setting(),
					ex.problem(), ex.advice(), ex);
		}
	}

	/**
	 * How attributes are written.
	 */
	enum Serialization {

		/** As JSON. */
		JSON,

		/** In Java's own serialization. */
		JDK

	}

	/**
	 * Whether attributes are compressed.
	 *
	 * @param enabled Whether attributes are compressed where that makes them smaller.
	 * @param minSize From which size on that is tried.
	 */
	record Compression(@DefaultValue("false") boolean enabled, @DefaultValue("1KB") DataSize minSize) {
	}

	/**
	 * Whether attributes are encrypted.
	 *
	 * @param keyId Which of rediskit.encryption.keys attributes are encrypted with; empty
	 * for none.
	 */
	record Encryption(@DefaultValue("") String keyId) {
	}

}
