package io.github.rediskit.codec;

/** A type that is not allowed in sessions, met while writing or reading one. */
final class ForbiddenTypeException extends CodecException {

	private static final long serialVersionUID = 1L;

	private final String type;

	ForbiddenTypeException(String type, String message) {
		super(message, null);
		this.type = type;
	}

	static ForbiddenTypeException notAllowed(String type) {
		boolean platform = type.startsWith("java.") || type.startsWith("javax.");
		return new ForbiddenTypeException(type,
				platform ? "is not kept in sessions: keep what is in it as a value, a usual collection or a record"
						: "is not allowed in sessions: if it is a type of the application, name it "
								+ "or its package in rediskit.session.allowed-types");
	}

	/** What is wrong with the attribute that the type was met in. */
	CodecException in(String attribute) {
		return new CodecException(
				"The session attribute '%s' is or holds a %s, which %s".formatted(attribute, this.type, getMessage()),
				null);
	}

	/** What bytes say is cut and cleaned before it may stand in a log. */
	static String printable(String name) {
		String text = (name.length() > 200) ? name.substring(0, 200) + "..." : name;
		return text.replaceAll("[^\\w.$\\[;<>-]", "?");
	}

}
