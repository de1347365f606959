package io.github.rediskit.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * What stands for a session where its id must not be seen. Whoever knows the id of a
 * session has the session; so Redis and the user are shown its handle, the SHA-256 digest
 * of the id, from which the id can't be told.
 *
 * <p>
 * Who has found a session by its user may want to change it, through interfaces that know
 * ids alone. He gets a reference: the handle, with a seal that only this object can make.
 * A handle that somebody has seen does not become an id by being sent as one.
 */
final class SessionHandles {

	private static final Pattern HANDLE = Pattern.compile("[A-Za-z0-9_-]{43}");

	private static final String REFERENCE = "~";

	private static final int HANDLE_END = REFERENCE.length() + 43;

	private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

	private final byte[] secret;

	/**
	 * Creates the handles.
	 * @param secret 32 random bytes that nobody else knows
	 */
	SessionHandles(byte[] secret) {
		this.secret = secret.clone();
	}

	/** Whether a text could be a handle. */
	static boolean isHandle(String text) {
		return HANDLE.matcher(text).matches();
	}

	/** The handle of an id, or of what a reference refers to. */
	String of(String id) {
		if (id.length() > HANDLE_END && id.startsWith(REFERENCE)) {
			String handle = id.substring(REFERENCE.length(), HANDLE_END);
			if (MessageDigest.isEqual(bytes(reference(handle)), bytes(id))) {
				return handle;
			}
		}
		return digest(bytes(id));
	}

	/**
	 * What {@link #of} turns back into the handle. What is digested after the secret has
	 * always the same length, so that nothing can be appended to it.
	 */
	String reference(String handle) {
		return REFERENCE + handle + digest(this.secret, bytes(handle));
	}

	private static String digest(byte[]... parts) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (byte[] part : parts) {
				digest.update(part);
			}
			return BASE64.encodeToString(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
