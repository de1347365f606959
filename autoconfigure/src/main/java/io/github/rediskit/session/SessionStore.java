package io.github.rediskit.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.session.SessionWrite.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The scripts of sessions and of the indexes of their users. What one script can do is
 * one script. On a cluster a session and the index of its user lie in different slots;
 * there, what must be true at any moment decides the order: where the oldest session must
 * go, a session is written before it enters the index, so that whoever pushes it out of
 * there finds it to remove; where one more is refused, it takes its place first, which it
 * has for {@value #RESERVED_MILLIS} ms unless it is written.
 */
final class SessionStore {

	private static final LuaScript READ = LuaScript.load(SessionStore.class, "read.lua");

	private static final LuaScript SAVE = LuaScript.load(SessionStore.class, "save.lua");

	private static final LuaScript REMOVE = LuaScript.load(SessionStore.class, "remove.lua");

	private static final LuaScript LEAVE = LuaScript.load(SessionStore.class, "leave.lua");

	private static final LuaScript LIST = LuaScript.load(SessionStore.class, "list.lua");

	private static final LuaScript ABOUT = LuaScript.load(SessionStore.class, "about.lua");

	private static final LuaScript SET = LuaScript.load(SessionStore.class, "set.lua");

	/** Longer than a save takes, whatever happens to it. */
	private static final long RESERVED_MILLIS = 15_000;

	private static final byte[] WHOEVER = bytes("*");

	private final RedisGateway redis;

	private final SessionKeys keys;

	private final int most;

	private final OnExceed onExceed;

	SessionStore(RedisGateway redis, KeySpace keys, SessionSettings settings) {
		this.redis = redis;
		this.keys = new SessionKeys(keys);
		this.most = settings.maxPerUser();
		this.onExceed = settings.onExceed();
	}

	/** What the attributes of a session are bound to when they are encrypted. */
	byte[] place(String handle) {
		return this.keys.session(handle);
	}

	CompletionStage<Found> read(String handle) {
		return this.redis.run(READ, new byte[][] { this.keys.session(handle) }).thenApply(SessionStore::found);
	}

	private static Found found(List<@Nullable Object> reply) {
		long answer = number(reply, 0);
		if (answer == 0) {
			return Found.NOTHING;
		}
		SessionFields fields = (answer == 1) ? SessionFields.of(reply.subList(2, reply.size()), number(reply, 1))
				: null;
		return new Found(true, answer == 2, fields);
	}

	/**
	 * Removes a session.
	 * @param principal the user it must belong to; {@code null} if it may be anybody's
	 * @return what it was
	 */
	CompletionStage<Removed> remove(String handle, @Nullable String principal) {
		return take(handle, (principal != null) ? bytes("=" + principal) : WHOEVER)
			.thenApply((fields) -> (fields != null) ? new Removed(true, SessionFields.of(fields, 0)) : Removed.NOTHING);
	}

	private CompletionStage<@Nullable List<@Nullable Object>> take(String handle, byte[] condition) {
		return this.redis.run(REMOVE, new byte[][] { this.keys.session(handle) }, condition)
			.thenApply((reply) -> (number(reply, 0) == 1) ? reply.subList(1, reply.size()) : null);
	}

	/** Takes sessions out of the index of a user. */
	CompletionStage<?> leave(String principal, String... handles) {
		return leave(principal, 0, handles);
	}

	/**
	 * Takes sessions out of the index of a user.
	 * @param reservedMillis those that would leave by themselves within this time stay
	 */
	private CompletionStage<?> leave(String principal, long reservedMillis, String... handles) {
		return this.redis.run(LEAVE, this.keys.index(principal),
				Stream.concat(Stream.of(Long.toString(reservedMillis)), Arrays.stream(handles))
					.map(SessionStore::bytes)
					.toArray(byte[][]::new));
	}

	/** Sets an attribute of a session that belongs to a user. */
	CompletionStage<Boolean> set(String handle, String principal, String attribute, byte[] value) {
		return this.redis
			.run(SET, new byte[][] { this.keys.session(handle) }, bytes(principal), SessionFields.attribute(attribute),
					value)
			.thenApply((reply) -> number(reply, 0) == 1);
	}

	/** The handles of a user's sessions, in the order of log-ins. */
	CompletionStage<List<String>> list(String principal) {
		return this.redis.run(LIST, this.keys.index(principal)).thenApply((reply) -> texts(reply, 0));
	}

	/** A session without its attributes, if it is the user's. */
	CompletionStage<@Nullable UserSession> about(String handle, String principal) {
		return this.redis.run(ABOUT, new byte[][] { this.keys.session(handle) }).thenApply((reply) -> {
			if (reply.isEmpty() || !principal.equals(SessionFields.text(reply.get(0)))) {
				return null;
			}
			return SessionFields.shown(handle, reply.subList(1, reply.size()));
		});
	}

	/**
	 * Takes those sessions out of the index of a user that are not there any more, or not
	 * his.
	 * @return those that are
	 */
	CompletionStage<Census> census(String principal) {
		return list(principal).thenCompose((handles) -> {
			CompletionStage<Map<String, UserSession>> all = CompletableFuture.completedStage(new HashMap<>());
			for (String handle : handles) {
				all = all.thenCombine(about(handle, principal), (known, session) -> {
					if (session != null) {
						known.put(handle, session);
					}
					return known;
				});
			}
			return all.thenCompose((known) -> census(principal, handles, known));
		});
	}

	private CompletionStage<Census> census(String principal, List<String> handles, Map<String, UserSession> known) {
		List<UserSession> sessions = handles.stream().map(known::get).filter(Objects::nonNull).toList();
		String[] missing = handles.stream().filter((handle) -> !known.containsKey(handle)).toArray(String[]::new);
		Census census = new Census(sessions, missing.length);
		return (missing.length > 0) ? leave(principal, RESERVED_MILLIS, missing).thenApply((left) -> census)
				: CompletableFuture.completedStage(census);
	}

	CompletionStage<Saved> save(SessionWrite write) {
		Entry entry = write.entry();
		byte[] session = this.keys.session(write.handle());
		byte[] former = (write.formerHandle() != null) ? this.keys.session(write.formerHandle()) : null;
		byte[][] index = (entry != null) ? this.keys.index(entry.principal()) : new byte[0][];
		List<byte[]> all = new ArrayList<>();
		StringBuilder letters = new StringBuilder();
		if (former != null) {
			all.add(former);
			letters.append(write.rewritten() ? 'x' : 'o');
		}
		all.add(session);
		letters.append('s');
		if (entry != null) {
			all.addAll(Arrays.asList(index));
			letters.append("ul");
		}
		byte[][] keys = all.toArray(byte[][]::new);
		if (keys.length == 1 || this.redis.isOneSlot(keys)) {
			return run(letters.toString(), keys, write, null);
		}
		if (entry == null) {
			return saveSession(write, session);
		}
		CompletionStage<Saved> saved = isPlaceFirst(entry) ? enterThenSave(write, session, index)
				: entry.logsIn() ? saveThenEnter(write, session, index)
						: saveSession(write, session).thenCombine(enter(write, index), SessionStore::both);
		return saved.thenCompose((result) -> (result.outcome() == Outcome.DONE)
				? CompletableFuture.completedStage(result) : undone(write, entry, result));
	}

	private boolean isPlaceFirst(Entry entry) {
		return entry.logsIn() && this.most > 0 && this.onExceed == OnExceed.REFUSE;
	}

	private CompletionStage<Saved> enterThenSave(SessionWrite write, byte[] session, byte[][] index) {
		return enter(write, index)
			.thenCompose((entered) -> (entered.outcome() != Outcome.DONE) ? CompletableFuture.completedStage(entered)
					: saveSession(write, session).thenApply((saved) -> both(saved, entered)));
	}

	/** Who has lost his place in between is not refused any more, but out. */
	private CompletionStage<Saved> saveThenEnter(SessionWrite write, byte[] session, byte[][] index) {
		return saveSession(write, session)
			.thenCompose((saved) -> (saved.outcome() != Outcome.DONE) ? CompletableFuture.completedStage(saved)
					: enter(write, index))
			.thenApply((saved) -> (saved.outcome() != Outcome.REFUSED) ? saved
					: new Saved(Outcome.GONE, saved.pushedOut()));
	}

	private static Saved both(Saved saved, Saved entered) {
		return (saved.outcome() != Outcome.DONE) ? new Saved(saved.outcome(), entered.pushedOut()) : entered;
	}

	/** A session that has ended has no place, and one without a place must end. */
	private CompletionStage<Saved> undone(SessionWrite write, Entry entry, Saved result) {
		if (result.outcome() == Outcome.REFUSED) {
			return CompletableFuture.completedStage(result);
		}
		return leave(entry.principal(), write.handle()).thenCombine(remove(write.handle(), null),
				(left, removed) -> result);
	}

	private CompletionStage<Saved> enter(SessionWrite write, byte[][] index) {
		return run("ul", index, write, null);
	}

	/** Who dies in the middle leaves nothing: the user has to log in again. */
	private CompletionStage<Saved> saveSession(SessionWrite write, byte[] session) {
		String former = write.formerHandle();
		if (former == null) {
			return run("s", new byte[][] { session }, write, null);
		}
		byte[][] both = { this.keys.session(former), session };
		if (this.redis.isOneSlot(both)) {
			return run(write.rewritten() ? "xs" : "os", both, write, null);
		}
		return take(former, WHOEVER).thenCompose(
				(fields) -> (fields == null) ? CompletableFuture.completedStage(new Saved(Outcome.GONE, List.of()))
						: run("s", new byte[][] { session }, write, kept(fields, write.rewritten())));
	}

	private static List<@Nullable Object> kept(List<@Nullable Object> fields, boolean rewritten) {
		List<@Nullable Object> kept = new ArrayList<>();
		for (int i = 0; i + 1 < fields.size(); i += 2) {
			if (!rewritten || !(fields.get(i) instanceof byte[] name) || !SessionFields.isAttribute(name)) {
				kept.addAll(fields.subList(i, i + 2));
			}
		}
		return kept;
	}

	/**
	 * Runs the script.
	 * @param taken fields and values of the session under its former id, if it has been
	 * removed there
	 */
	private CompletionStage<Saved> run(String letters, byte[][] keys, SessionWrite write,
			@Nullable List<@Nullable Object> taken) {
		boolean begins = write.isNew() || taken != null;
		Entry entry = write.entry();
		List<byte[]> arguments = new ArrayList<>();
		for (String argument : List.of(letters, begins ? "new" : "old", Long.toString(write.ttlMillis()),
				(write.used() || taken != null) ? "1" : "0", write.handle(),
				(entry != null && entry.formerHandle() != null) ? entry.formerHandle() : "",
				Integer.toString(this.most), (this.onExceed == OnExceed.REFUSE) ? "1" : "0",
				(entry != null && entry.logsIn()) ? "1" : "0")) {
			arguments.add(bytes(argument));
		}
		List<byte[]> removed = write.allRemoved();
		arguments.add(bytes(Integer.toString(removed.size())));
		if (letters.contains("s")) {
			arguments.addAll(removed);
			if (taken != null) {
				taken.forEach((value) -> arguments.add((value instanceof byte[] bytes) ? bytes : new byte[0]));
			}
			arguments.addAll(write.allSet());
		}
		return this.redis.run(SAVE, keys, arguments.toArray(byte[][]::new))
			.thenApply((reply) -> new Saved(Outcome.of(number(reply, 0)), texts(reply, 1)));
	}

	private static long number(List<@Nullable Object> reply, int index) {
		return (reply.get(index) instanceof Long number) ? number : 0;
	}

	private static List<String> texts(List<@Nullable Object> reply, int from) {
		List<String> texts = new ArrayList<>();
		for (Object value : reply.subList(from, reply.size())) {
			String text = SessionFields.text(value);
			if (text != null) {
				texts.add(text);
			}
		}
		return texts;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * What lies in the place of a session.
	 *
	 * @param there whether there is anything
	 * @param wrongType whether it was no hash
	 * @param fields the session; {@code null} if it is none
	 */
	record Found(boolean there, boolean wrongType, @Nullable SessionFields fields) {

		static final Found NOTHING = new Found(false, false, null);

	}

	/**
	 * What was removed.
	 *
	 * @param done whether there was anything
	 * @param fields what it was; {@code null} if it was no session
	 */
	record Removed(boolean done, @Nullable SessionFields fields) {

		static final Removed NOTHING = new Removed(false, null);

	}

	/**
	 * What came of a save.
	 *
	 * @param outcome whether it was written
	 * @param pushedOut the handles of sessions that must go
	 */
	record Saved(Outcome outcome, List<String> pushedOut) {

	}

	/**
	 * The sessions of a user.
	 *
	 * @param sessions those that are there
	 * @param missing how many were in the index and nowhere else
	 */
	record Census(List<UserSession> sessions, int missing) {

	}

	enum Outcome {

		DONE, GONE, REFUSED;

		static Outcome of(long answer) {
			return (answer == 1) ? DONE : (answer == 3) ? REFUSED : GONE;
		}

	}

}
