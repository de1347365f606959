package io.github.rediskit.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What one save writes.
 *
 * @param handle the session's handle
 * @param formerHandle its handle before its id was changed; {@code null} if it was not
 * @param rewritten whether all attributes are written, since under another handle the
 * former ones could not be read
 * @param isNew whether it is not there yet
 * @param used whether it begins to live anew
 * @param ttlMillis for how long
 * @param entry what becomes of the index of its user; {@code null} for nothing
 * @param removed fields to remove
 * @param set fields and values to set, but for attributes
 * @param attributes attributes to set, {@code null} to remove
 */
record SessionWrite(String handle, @Nullable String formerHandle, boolean rewritten, boolean isNew, boolean used,
		long ttlMillis, @Nullable Entry entry, List<byte[]> removed, List<byte[]> set,
		Map<String, byte @Nullable []> attributes) {

	/** The same, for so long only. */
	SessionWrite reserving(long millis) {
		return new SessionWrite(this.handle, this.formerHandle, this.rewritten, this.isNew, this.used,
				Math.min(millis, this.ttlMillis), this.entry, this.removed, this.set, this.attributes);
	}

	/** That it is there to stay, after it was reserved. */
	SessionWrite confirmation(String principal) {
		return new SessionWrite(this.handle, null, false, false, true, this.ttlMillis,
				new Entry(principal, null, false), List.of(), List.of(), Map.of());
	}

	/** A place in the index of a user, without a session. */
	static SessionWrite place(String handle, String principal, long ttlMillis) {
		return new SessionWrite(handle, null, false, true, true, ttlMillis, new Entry(principal, null, true), List.of(),
				List.of(), Map.of());
	}

	/** All fields to remove, attributes included. */
	List<byte[]> allRemoved() {
		List<byte[]> all = new ArrayList<>(this.removed);
		this.attributes.forEach((name, bytes) -> {
			if (bytes == null) {
				all.add(SessionFields.attribute(name));
			}
		});
		return all;
	}

	/** All fields and values to set, attributes included. */
	List<byte[]> allSet() {
		List<byte[]> all = new ArrayList<>(this.set);
		this.attributes.forEach((name, bytes) -> {
			if (bytes != null) {
				all.add(SessionFields.attribute(name));
				all.add(bytes);
			}
		});
		return all;
	}

	/**
	 * The session's place in the index of its user.
	 *
	 * @param principal the user
	 * @param formerHandle the handle that it takes the place of, or {@code null}
	 * @param logsIn whether he logs in by this save
	 */
	record Entry(String principal, @Nullable String formerHandle, boolean logsIn) {

	}

}
