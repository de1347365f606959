package io.github.rediskit.session;

import java.time.Duration;

import org.springframework.session.Session;

/**
 * Is told what happens to sessions by this instance. That a session has ended because
 * nobody used it is noticed by Redis alone, and told to nobody. Implementations must be
 * quick and must not throw; what they throw is ignored.
 */
public interface SessionListener {

	/**
	 * A session was stored for the first time.
	 * @param session the session
	 */
	default void created(Session session) {
	}

	/**
	 * A session was ended, before its time.
	 * @param session what it was; attributes that could not be read are missing
	 * @param reason why
	 */
	default void ended(Session session, EndReason reason) {
	}

	/**
	 * A user who has all the sessions that he may have was not logged in.
	 */
	default void refused() {
	}

	/**
	 * Something in the place of a session was none, and was removed.
	 * @param reason why it is none
	 * @param failure what was found out, never with the value
	 */
	default void unreadable(UnreadableReason reason, Throwable failure) {
	}

	/**
	 * A session was looked for.
	 * @param outcome what was found
	 * @param took how long it took
	 */
	default void read(ReadOutcome outcome, Duration took) {
	}

	/**
	 * A session was saved.
	 * @param outcome what came of it
	 * @param took how long it took
	 */
	default void saved(SaveOutcome outcome, Duration took) {
	}

	/**
	 * Redis did not answer, or not as it should.
	 * @param failure why
	 */
	default void failed(Throwable failure) {
	}

	/**
	 * Why a session was ended.
	 */
	enum EndReason {

		/** The application has invalidated it, mostly since its user logged out. */
		INVALIDATED,

		/** It was revoked through {@link UserSessions}. */
		REVOKED,

		/** Its user has logged in elsewhere, once more than he may. */
		PUSHED_OUT

	}

	/**
	 * Why something is no session.
	 */
	enum UnreadableReason {

		/** The key holds something else than a hash. */
		WRONG_TYPE,

		/** It was written by a version that this one does not know, or is no session. */
		FORMAT,

		/**
		 * An attribute is of a type that is not allowed, or has changed, or is no value.
		 */
		ATTRIBUTE

	}

	/**
	 * What was found.
	 */
	enum ReadOutcome {

		/** A session. */
		FOUND,

		/** None. */
		ABSENT,

		/** Something that is no session. */
		UNREADABLE,

		/** Redis did not answer. */
		FAILED

	}

	/**
	 * What came of a save.
	 */
	enum SaveOutcome {

		/** It was written. */
		WRITTEN,

		/** There was nothing to write. */
		UNCHANGED,

		/** It has ended meanwhile: what was changed is lost, and it stays ended. */
		ENDED,

		/** Its user has all the sessions that he may have. */
		REFUSED,

		/** Redis did not answer. */
		FAILED

	}

}
