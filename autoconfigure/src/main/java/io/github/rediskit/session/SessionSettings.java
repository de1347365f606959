package io.github.rediskit.session;

import java.time.Duration;

import io.github.rediskit.setting.InvalidSettingException;

/**
 * What holds for the sessions of an application.
 *
 * @param timeout how long a session lives after its last use, unless it says otherwise
 * itself
 * @param maxPerUser how many sessions a user may have at a time; 0 for any number
 * @param onExceed what happens when a user with so many logs in once more
 * @param onFailure what happens to requests while Redis is away
 * @param maxSize how many bytes all attributes of a session may have, as they are stored
 */
public record SessionSettings(Duration timeout, int maxPerUser, OnExceed onExceed, OnFailure onFailure, long maxSize) {

	/** Nothing in Redis lives for longer without being used. */
	static final Duration LONGEST = Duration.ofDays(365);

	private static final Duration SHORTEST = Duration.ofSeconds(1);

	private static final long SMALLEST = 1024;

	/**
	 * Sessions end 30 minutes after their last use; users may have any number, of 10 MB
	 * each.
	 */
	public static final SessionSettings DEFAULTS = new SessionSettings(Duration.ofMinutes(30), 0,
			OnExceed.EXPIRE_OLDEST, OnFailure.FAIL, 10 * 1024 * 1024);

	public SessionSettings {
		if (timeout.compareTo(SHORTEST) < 0) {
			throw new InvalidSettingException("timeout", "is " + timeout + ", which is less than a second",
					"Write how long a session lives after its last use, such as 30m. Sessions that never end would fill Redis.");
		}
		if (timeout.compareTo(LONGEST) > 0) {
			throw new InvalidSettingException("timeout", "is " + timeout + ", which is more than a year",
					"Write how long a session lives after its last use, 365 days at most.");
		}
		if (maxPerUser < 0) {
			throw new InvalidSettingException("max-per-user", "is " + maxPerUser,
					"Write how many sessions a user may have, such as 3, or leave it out for any number.");
		}
		if (maxSize < SMALLEST) {
			throw new InvalidSettingException("max-size",
					"is %d bytes, in which hardly a user could be logged in".formatted(maxSize),
					"Write how large the attributes of a session may be together, such as 1MB.");
		}
	}

	/** Whether a user may be refused. */
	boolean refuses() {
		return this.maxPerUser > 0 && this.onExceed == OnExceed.REFUSE;
	}

	/**
	 * What happens when a user who has all the sessions that he may have logs in once
	 * more.
	 */
	public enum OnExceed {

		/** The session whose log-in is the oldest ends. */
		EXPIRE_OLDEST,

		/** The log-in fails with a {@link TooManySessionsException}. */
		REFUSE

	}

	/**
	 * What happens to a request when Redis does not answer, or not as it should.
	 */
	public enum OnFailure {

		/** It fails with a {@link SessionUnavailableException}. */
		FAIL,

		/**
		 * It goes on with an empty session that is not stored, under the id that it came
		 * with; what it changes is lost. To end a session fails all the same: who logs
		 * out must not believe it has happened.
		 */
		OPEN

	}

}
