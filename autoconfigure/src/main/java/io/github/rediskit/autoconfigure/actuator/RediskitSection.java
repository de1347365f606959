package io.github.rediskit.autoconfigure.actuator;

/**
 * One part of what the endpoint shows. A bean of this type adds a part.
 */
interface RediskitSection {

	/**
	 * Under which name it is shown.
	 * @return the name, in lower case
	 */
	String name();

	/**
	 * What is shown now: records, maps and lists of simple values. No credentials and no
	 * values; Redis is not asked.
	 * @return the content
	 */
	Object content();

}
