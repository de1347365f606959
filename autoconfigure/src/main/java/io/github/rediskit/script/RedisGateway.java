package io.github.rediskit.script;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The seam through which the features reach Redis: a few commands and scripts on the
 * connection of one role. Nothing here blocks. Each stage ends within the connection's
 * timeout: with the answer, with a {@link RedisUnavailableException} if there was none
 * (the command may or may not have been carried out), or with a
 * {@link RedisReplyException} if the server refused. Stages may complete on a thread that
 * must not be blocked.
 */
public interface RedisGateway {

	/**
	 * Reads several keys at once, from the master. Keys of different slots of a cluster
	 * are read in one wave.
	 * @param keys the keys
	 * @return their values in the same order; {@code null} for a key that is absent or no
	 * string
	 */
	CompletionStage<List<byte @Nullable []>> read(byte[]... keys);

	/**
	 * Runs a script on the master that holds the slot of its keys.
	 * @param script the script, which answers with an array
	 * @param keys its keys, at least one, all of one slot
	 * @param arguments its arguments
	 * @return its answer: {@code Long}, {@code byte[]} or {@code null} elements
	 */
	CompletionStage<List<@Nullable Object>> run(LuaScript script, byte[][] keys, byte[]... arguments);

	/**
	 * Whether one script may have all these keys: on a cluster, if they are of one slot.
	 * Until a connection has been opened it is not known whether there is a cluster, and
	 * the answer is as for one.
	 * @param keys the keys
	 * @return whether one script may have them
	 */
	boolean isOneSlot(byte[]... keys);

	/**
	 * Writes a key.
	 * @param key the key
	 * @param value the value
	 * @param ttl how long it lives
	 * @param onlyIfAbsent whether to leave a present key alone
	 * @return whether it was written
	 */
	CompletionStage<Boolean> write(byte[] key, byte[] value, Duration ttl, boolean onlyIfAbsent);

	/**
	 * Gives a key a new time to live.
	 * @param key the key
	 * @param ttl how long it lives from now on
	 * @return whether it was there
	 */
	CompletionStage<Boolean> expire(byte[] key, Duration ttl);

	/**
	 * Looks for keys, some hundred at a time. Who goes on until there is no next place
	 * has found every key that was there all the time, on every master of a cluster
	 * unless slots were moved; a key may be found twice.
	 * @param pattern which keys, in the words of {@code SCAN}
	 * @param from where to go on; {@code null} to begin
	 * @return what was found there
	 */
	CompletionStage<KeyScan> scan(byte[] pattern, KeyScan.@Nullable Place from);

	/**
	 * Asks a server for the time.
	 * @return milliseconds since 1970
	 */
	CompletionStage<Long> time();

	/**
	 * Appends an entry to a stream.
	 * @param stream the key of the stream, which is made if it is absent
	 * @param maxLength about how many entries are kept; the oldest are removed
	 * @param fieldsAndValues its fields, each followed by its value
	 * @return the entry's id
	 */
	CompletionStage<String> append(byte[] stream, long maxLength, byte[]... fieldsAndValues);

	/**
	 * Says that a group is done with entries of a stream.
	 * @param stream the key of the stream
	 * @param group the group
	 * @param ids the ids of the entries
	 * @return how many of them it was not done with before
	 */
	CompletionStage<Long> acknowledge(byte[] stream, byte[] group, List<String> ids);

	/**
	 * Listens to a channel from now on, across reconnections. Messages that are published
	 * while disconnected are lost.
	 * @param channel the channel
	 * @param listener what gets each message; it must not block
	 * @return completed once the server confirmed the subscription
	 */
	CompletionStage<@Nullable Void> subscribe(byte[] channel, Consumer<byte[]> listener);

	/**
	 * Publishes a message. Messages that are published one after the other arrive in that
	 * order.
	 * @param channel the channel
	 * @param message the message
	 * @return how many connections it was passed on to; of a cluster, those to one node
	 */
	CompletionStage<Long> publish(byte[] channel, byte[] message);

	/**
	 * Publishes a message to those who subscribed to the channel at the nodes of its
	 * slot. Where there is no cluster, or one that does not know this yet (before Redis
	 * 7), it is published to all.
	 * @param channel the channel
	 * @param message the message
	 * @return how many connections it was passed on to
	 */
	CompletionStage<Long> publishSharded(byte[] channel, byte[] message);

}
