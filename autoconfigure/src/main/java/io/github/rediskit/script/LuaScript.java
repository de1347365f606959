package io.github.rediskit.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script that Redis runs as one atomic step. Its text is a resource beside the
 * class that uses it; Redis knows it by the SHA-1 digest of that text.
 */
public final class LuaScript {

	private final String name;

	private final byte[] text;

	private final String sha1;

	private LuaScript(String name, byte[] text) {
		this.name = name;
		this.text = text;
		this.sha1 = sha1(text);
	}

	/**
	 * Reads a script.
	 * @param owner the class beside which the script lies
	 * @param name the name of the file, such as {@code claim.lua}
	 * @return the script
	 */
	public static LuaScript load(Class<?> owner, String name) {
		try (InputStream resource = owner.getResourceAsStream(name)) {
			if (resource == null) {
				throw new IllegalStateException("No script " + name + " beside " + owner.getName());
			}
			return new LuaScript(name, resource.readAllBytes());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The file's name, for messages.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * The script's text.
	 * @return a copy of the text, in UTF-8
	 */
	public byte[] text() {
		return this.text.clone();
	}

	/**
	 * The name by which Redis caches the script.
	 * @return the digest, in lower-case hexadecimal
	 */
	public String sha1() {
		return this.sha1;
	}

	private static String sha1(byte[] text) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-1", ex);
		}
	}

	@Override
	public String toString() {
		return this.name + ": " + new String(this.text, StandardCharsets.UTF_8).lines().findFirst().orElse("");
	}

}
