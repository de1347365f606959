package io.github.rediskit.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.NotSerializableException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Attributes in Java's own serialization, for values that JSON can't carry. It reads and
 * writes the same types as {@link JsonAttributeCodec} and refuses all others before they
 * are made. A class that changed is read as its {@code serialVersionUID} says.
 */
public final class JdkAttributeCodec implements AttributeCodec {

	/** Sets of sets cost twice as much with each level. */
	private static final int MOST_NESTED = 24;

	private final AttributeTypes types;

	private JdkAttributeCodec(AttributeTypes types) {
		this.types = types;
	}

	/**
	 * Creates a codec.
	 * @param types the types that attributes may consist of
	 * @return the codec
	 */
	public static JdkAttributeCodec of(AttributeTypes types) {
		return new JdkAttributeCodec(types);
	}

	@Override
	public byte[] encode(byte[] place, String name, Object value) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
		try (ObjectOutputStream stream = new Writing(bytes)) {
			stream.writeObject(value);
		}
		catch (ForbiddenTypeException ex) {
			throw ex.in(name);
		}
		catch (IOException | RuntimeException | StackOverflowError ex) {
			// the message of what can't be serialized is the name of its class
			String type = (ex instanceof NotSerializableException) ? " of " + ex.getMessage() : "";
			throw new CodecException("The session attribute '%s', a %s, can't be written in Java's serialization: %s"
				.formatted(name, value.getClass().getTypeName(), ex.getClass().getSimpleName() + type), null);
		}
		return AttributeBytes.JDK.before(bytes.toByteArray());
	}

	@Override
	public Object decode(byte[] place, String name, byte[] bytes) {
		if (!AttributeBytes.JDK.begin(bytes)) {
			throw AttributeBytes.JDK.missedIn(name, bytes);
		}
		Reading reading = null;
		Object value;
		try (Reading stream = new Reading(new ByteArrayInputStream(bytes, 1, bytes.length - 1), bytes.length)) {
			reading = stream;
			value = stream.readObject();
		}
		catch (IOException | ClassNotFoundException | RuntimeException | StackOverflowError | LinkageError ex) {
			if (reading != null && reading.refused != null) {
				throw ForbiddenTypeException.notAllowed(ForbiddenTypeException.printable(reading.refused)).in(name);
			}
			throw new CodecException(
					"The session attribute '%s' can't be read: %s".formatted(name, ex.getClass().getSimpleName()),
					null);
		}
		if (value == null) {
			throw new CodecException("The session attribute '%s' is null".formatted(name), null);
		}
		return value;
	}

	private boolean allow(Class<?> type) {
		Class<?> element = type;
		while (element.isArray()) {
			element = element.getComponentType();
		}
		return element.isPrimitive() || SerialTypes.contain(element.getName()) || this.types.allow(element);
	}

	/** Asks for each class while writing what is asked while reading. */
	private final class Writing extends ObjectOutputStream {

		/** Causes of exceptions that are not allowed, and are left out. */
		private final Set<Object> causes = Collections.newSetFromMap(new IdentityHashMap<>());

		Writing(OutputStream bytes) throws IOException {
			super(bytes);
			enableReplaceObject(true);
		}

		/** Why a log-in has failed may be an exception of anybody's. */
		@Override
		protected @Nullable Object replaceObject(Object value) {
			if (this.causes.contains(value)) {
				return null;
			}
			Throwable cause = (value instanceof Throwable failure) ? failure.getCause() : null;
			if (cause != null && !allow(cause.getClass())) {
				this.causes.add(cause);
			}
			return value;
		}

		@Override
		protected void annotateClass(Class<?> type) {
			boolean failure = type.isAssignableFrom(NotSerializableException.class)
					|| ObjectStreamException.class.isAssignableFrom(type); // ends the
																			// stream
			if (!failure && !allow(type)) {
				throw ForbiddenTypeException.notAllowed(type.getTypeName());
			}
		}

		@Override
		protected void annotateProxyClass(Class<?> type) {
			throw ForbiddenTypeException.notAllowed(type.getTypeName());
		}

	}

	private final class Reading extends ObjectInputStream {

		private final long most;

		private @Nullable String refused;

		Reading(InputStream bytes, int length) throws IOException {
			super(bytes);
			// a table of entries is larger than they are, and nothing else is larger
			this.most = 64 + 4L * length;
			setObjectInputFilter(this::judge);
		}

		private ObjectInputFilter.Status judge(ObjectInputFilter.FilterInfo info) {
			if (info.depth() > MOST_NESTED || info.arrayLength() > this.most || info.references() > this.most) {
				return ObjectInputFilter.Status.REJECTED;
			}
			Class<?> type = info.serialClass();
			if (type == null) {
				return ObjectInputFilter.Status.UNDECIDED;
			}
			if (allow(type)) {
				return ObjectInputFilter.Status.ALLOWED;
			}
			this.refused = type.getTypeName();
			return ObjectInputFilter.Status.REJECTED;
		}

		/** Nothing is loaded that is not allowed. */
		@Override
		protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
			String name = description.getName();
			String element = name.replaceFirst("^\\[+L?", "").replaceFirst(";$", "");
			boolean array = name.startsWith("[");
			boolean known = (array && element.length() == 1) || SerialTypes.contain(element)
					|| JdkAttributeCodec.this.types.find(element) != null;
			if (!known) {
				this.refused = name;
				throw new InvalidClassException("not allowed");
			}
			return Class.forName(name, false, JdkAttributeCodec.this.types.loader());
		}

		@Override
		protected Class<?> resolveProxyClass(String[] interfaces) throws IOException {
			this.refused = "java.lang.reflect.Proxy";
			throw new InvalidClassException("not allowed");
		}

	}

}
