package io.github.rediskit.key;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/*
 * An id is matched as people read it: its escapes count as the characters they stand for,
 * and the apostrophe of a text that looks like a number is left out. So a glob can't tell
 * "42" from 42, nor the text "(a,b)" from two arguments. That is the safe side: to remove
 * an entry too many costs a load, to miss one leaves an old value.
 *
 * Redis can't read ids so. It is given what is certain about the beginning and the end of
 * those that match, with one wildcard in between, which also bounds its work for each key.
 */

/**
 * Which ids of a family are meant: {@code *} stands for any characters, {@code ?} for
 * one, everything else for itself, brackets and backslashes included. An id matches as a
 * whole. One that was replaced by a digest matches only if everything does.
 */
public final class KeyGlob {

	private static final int ANY = -1;

	private static final int ONE = -2;

	/** What the grammar of ids uses, and text has only in escapes. */
	private static final String GRAMMAR = "(),~$";

	private final String text;

	private final int[] signs;

	private KeyGlob(String text) {
		this.text = text;
		this.signs = text.codePoints().map((c) -> (c == '*') ? ANY : (c == '?') ? ONE : c).toArray();
	}

	/**
	 * Reads a glob.
	 * @param text the glob, such as {@code user:*}
	 * @return the glob
	 * @throws IllegalArgumentException if it is empty or has control characters
	 */
	public static KeyGlob of(String text) {
		if (text.isEmpty()) {
			throw new IllegalArgumentException(
					"The glob is empty: write which keys are meant, such as \"user:*\", or \"*\" for all");
		}
		int control = Arrays.stream(text.codePoints().toArray()).filter(Character::isISOControl).findFirst().orElse(-1);
		if (control != -1) {
			throw new IllegalArgumentException(
					"The glob has the control character U+%04X: write '?' where a key has one".formatted(control));
		}
		return new KeyGlob(text);
	}

	/**
	 * Whether every id matches, even a digest.
	 * @return {@code true} for nothing but {@code *}
	 */
	public boolean matchesEverything() {
		return Arrays.stream(this.signs).allMatch((sign) -> sign == ANY);
	}

	/**
	 * Whether an id matches.
	 * @param id the id
	 * @return {@code true} if so
	 */
	public boolean matches(KeyId id) {
		return matchesEverything() || (!id.isDigest() && matches(readable(id.text()).codePoints().toArray()));
	}

	/** What the last wildcard stands for grows until the rest fits. */
	private boolean matches(int[] characters) {
		int sign = 0;
		int wildcard = -1;
		int wildcardEnd = 0;
		int i = 0;
		while (i < characters.length) {
			if (sign < this.signs.length && this.signs[sign] == ANY) {
				wildcard = sign++;
				wildcardEnd = i;
			}
			else if (sign < this.signs.length && (this.signs[sign] == ONE || this.signs[sign] == characters[i])) {
				sign++;
				i++;
			}
			else if (wildcard != -1) {
				sign = wildcard + 1;
				i = ++wildcardEnd;
			}
			else {
				return false;
			}
		}
		return Arrays.stream(this.signs, sign, this.signs.length).allMatch((rest) -> rest == ANY);
	}

	/** What is no escape stands for itself: nothing is too odd to be read. */
	private static String readable(String id) {
		StringBuilder result = new StringBuilder(id.length());
		int i = 0;
		while (i < id.length()) {
			char c = id.charAt(i);
			if (c == '%' && isHex(id, i + 1, 2)) {
				ByteArrayOutputStream bytes = new ByteArrayOutputStream();
				for (; i < id.length() && id.charAt(i) == '%' && isHex(id, i + 1, 2); i += 3) {
					bytes.write(HexFormat.fromHexDigits(id, i + 1, i + 3));
				}
				result.append(bytes.toString(StandardCharsets.UTF_8));
			}
			else if (id.startsWith("%u", i) && isHex(id, i + 2, 4)) {
				result.append((char) HexFormat.fromHexDigits(id, i + 2, i + 6));
				i += 6;
			}
			else {
				if (c != '\'') {
					result.append(c);
				}
				i++;
			}
		}
		return result.toString();
	}

	private static boolean isHex(String id, int start, int length) {
		for (int i = start; i < start + length; i++) {
			if (i >= id.length() || !HexFormat.isHexDigit(id.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	/** What an id looks like in Redis that matches, and maybe others. */
	String pattern() {
		int head = 0;
		while (head < this.signs.length && isCertain(this.signs[head])) {
			head++;
		}
		int tail = this.signs.length;
		while (tail > head && isCertain(this.signs[tail - 1])) {
			tail--;
		}
		String apostrophe = mayBeInteger() ? "*" : "";
		String middle = (head < tail) ? "*" : "";
		return apostrophe + encoded(0, head) + middle + encoded(tail, this.signs.length);
	}

	private static boolean isCertain(int sign) {
		return sign != ANY && sign != ONE && GRAMMAR.indexOf(sign) == -1;
	}

	private boolean mayBeInteger() {
		return Arrays.stream(this.signs)
			.allMatch((sign) -> sign == ANY || sign == ONE || sign == '-' || (sign >= '0' && sign <= '9'));
	}

	private String encoded(int start, int end) {
		return IdEncoder.encodePart(new String(this.signs, start, end - start));
	}

	@Override
	public String toString() {
		return this.text;
	}

}
