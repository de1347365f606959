package io.github.rediskit.codec;

import java.lang.reflect.Type;
import java.util.Map;

/**
 * Turns messages into JSON and back. Applications of different versions talk by messages:
 * what a reader does not know is ignored, what is missing has its default. The JSON names
 * no classes; the type that a reader declares alone decides what is instantiated.
 */
public interface MessageCodecs {

	/**
	 * Writes a message.
	 * @param message the message
	 * @return its JSON, in UTF-8
	 * @throws CodecException if it can't be written
	 */
	byte[] write(Object message);

	/**
	 * What reads messages of a type.
	 * @param <M> the type of the messages
	 * @param type the type, with its generics
	 * @return its reader, which may be kept and shared
	 * @throws UnsupportedValueTypeException if JSON can't become such a message
	 */
	<M> Reader<M> reader(Type type);

	/**
	 * Reads messages of one type.
	 *
	 * @param <M> the type of the messages
	 */
	interface Reader<M> {

		/**
		 * Reads a message.
		 * @param json its JSON, in UTF-8
		 * @return the message
		 * @throws CodecException if it is no message of this type
		 */
		M read(byte[] json);

		/**
		 * Makes a message of fields that another program wrote: each is a property.
		 * @param fields the fields by their names
		 * @return the message
		 * @throws CodecException if they are no message of this type
		 */
		M bind(Map<String, String> fields);

	}

}
