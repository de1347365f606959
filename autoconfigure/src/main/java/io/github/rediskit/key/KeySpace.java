package io.github.rediskit.key;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * The part of Redis that belongs to one application:
 * {@code [environment:]namespace:feature:name:{id}}. Environment, namespace and names
 * consist of letters, digits, {@code -}, {@code _} and {@code .}, so none of them can
 * reach into another's keys.
 *
 * @param environment what comes first, such as {@code staging}; {@code null} for nothing
 * @param namespace the application's own prefix
 */
public record KeySpace(@Nullable String environment, String namespace) {

	public KeySpace {
		if (environment != null) {
			Names.require("environment", environment);
		}
		Names.require("namespace", namespace);
	}

	/**
	 * The keys of one named thing of a feature, such as those of one cache.
	 * @param feature the feature, such as {@code cache}
	 * @param name the name that a user chose
	 * @return the family of keys
	 * @throws InvalidKeyNameException if the name can't be part of a key
	 */
	public KeyFamily family(String feature, String name) {
		return new KeyFamily(path(feature, Names.require("name", name)) + ":");
	}

	/**
	 * The key of something of which there is one for each name, such as a cache's
	 * generation.
	 * @param feature the feature
	 * @param name the name that a user chose
	 * @return the key, which has no id
	 * @throws InvalidKeyNameException if the name can't be part of a key
	 */
	public byte[] key(String feature, String name) {
		return path(feature, Names.require("name", name)).getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * What everything of a feature begins with, where the rest is given by others, such
	 * as a channel.
	 * @param feature the feature
	 * @return the beginning, with the colon before the rest
	 */
	public String prefix(String feature) {
		return path(feature, "");
	}

	/**
	 * The key of something of which there is one for each name, and which has helpers:
	 * the name is the hash tag, so that all of them live in one slot of a cluster.
	 * @param feature the feature, such as {@code stream}
	 * @param name the name that a user chose
	 * @param helper what follows the name, such as {@code dead}; nothing for the thing
	 * itself
	 * @return the key, such as {@code shop:stream:{orders}:dead}
	 * @throws InvalidKeyNameException if the name can't be part of a key
	 */
	public byte[] tagged(String feature, String name, String... helper) {
		StringBuilder key = new StringBuilder(path(feature, "{" + Names.require("name", name) + "}"));
		for (String part : helper) {
			key.append(':').append(Names.require("name", part));
		}
		return key.toString().getBytes(StandardCharsets.US_ASCII);
	}

	private String path(String feature, String name) {
		String path = this.namespace + ":" + feature + ":" + name;
		return (this.environment != null) ? this.environment + ":" + path : path;
	}

}
