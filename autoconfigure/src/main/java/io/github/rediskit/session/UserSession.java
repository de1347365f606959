package io.github.rediskit.session;

import java.time.Instant;

/**
 * A session of a user, as it may be shown to him.
 *
 * @param handle names the session to {@link UserSessions}. It is a digest of the
 * session's id, and no use as a cookie
 * @param device what he logged in with, in a few words
 * @param address where he logged in from; {@code unknown} if it was not seen
 * @param created when the session began
 * @param lastSeen when it was used last, to within a twentieth of its timeout and a
 * minute at most
 */
public record UserSession(String handle, String device, String address, Instant created, Instant lastSeen) {

}
