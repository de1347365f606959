package io.github.rediskit.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.session.SessionWrite.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The scripts of sessions and of the indexes of their users. What one script can do is
 * one script. On a cluster a session and the index of its user lie in different slots;
 * there, what must be true at any moment decides the order: where the oldest session must
 * go, or an id changes, a session is written before it enters the index, so that whoever
 * ends it there finds it to remove; where one more is refused, it takes its place first.
 * Where one more is refused, session and place are good for {@value #RESERVED_MILLIS} ms
 * until the answer is there: who never heard of his log-in keeps nobody out for longer.
 */
final class SessionStore {

	private static final LuaScript READ = LuaScript.load(SessionStore.class, "read.lua");

	private static final LuaScript SAVE = LuaScript.load(SessionStore.class, "save.lua");

	private static final LuaScript REMOVE = LuaScript.load(SessionStore.class, "remove.lua");

	private static final LuaScript LEAVE = LuaScript.load(SessionStore.class, "leave.lua");

	private static final LuaScript CONDEMN = LuaScript.load(SessionStore.class, "condemn.lua");

	private static final LuaScript LIST = LuaScript.load(SessionStore.class, "list.lua");

	private static final LuaScript ABOUT = LuaScript.load(SessionStore.class, "about.lua");

	private static final LuaScript SET = LuaScript.load(SessionStore.class, "set.lua");

	/** Longer than a save takes, whatever happens to it. */
	private static final long RESERVED_MILLIS = 15_000;

	private static final byte[] WHOEVER = bytes("*");

	private static final byte[] UNCHANGED = bytes("?");

	private final RedisGateway redis;

	private final SessionKeys keys;

	private final SessionSettings settings;

	SessionStore(RedisGateway redis, KeySpace keys, SessionSettings settings) {
		this.redis = redis;
		this.keys = new SessionKeys(keys);
		this.settings = settings;
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
		if (answer == 2) {
			return Found.NO_HASH;
		}
		List<@Nullable Object> values = reply.subList(2, reply.size());
		SessionFields fields = SessionFields.of(values, number(reply, 1));
		return new Found(true, fields, (fields == null) ? SessionFields.head(values) : Map.of());
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

	/**
	 * Removes what is no session, unless it has changed since.
	 * @param evidence fields and values by which it is none, {@code null} for missing
	 * ones
	 */
	CompletionStage<Removed> removeUnchanged(String handle, Map<String, byte @Nullable []> evidence) {
		List<byte[]> arguments = new ArrayList<>(List.of(UNCHANGED));
		evidence.forEach((field, value) -> {
			arguments.add(bytes(field));
			arguments.add((value != null) ? bytes("=") : new byte[0]);
			arguments.add((value != null) ? value : new byte[0]);
		});
		return take(handle, arguments.toArray(byte[][]::new))
			.thenApply((fields) -> (fields != null) ? new Removed(true, SessionFields.of(fields, 0)) : Removed.NOTHING);
	}

	private CompletionStage<@Nullable List<@Nullable Object>> take(String handle, byte[]... condition) {
		return this.redis.run(REMOVE, new byte[][] { this.keys.session(handle) }, condition)
			.thenApply((reply) -> (number(reply, 0) == 1) ? reply.subList(1, reply.size()) : null);
	}

	/** Takes sessions out of the index of a user. */
	CompletionStage<?> leave(String principal, String... handles) {
		return this.redis.run(LEAVE, this.keys.index(principal), bytes(Arrays.asList(handles)));
	}

	/**
	 * Marks a session in the index of a user, so that it can't go on under another id.
	 */
	CompletionStage<?> condemn(String principal, String handle) {
		return condemn(principal, "+", List.of(handle));
	}

	/**
	 * Marks all sessions in the index of a user but some.
	 * @return their handles
	 */
	CompletionStage<List<String>> condemnAllBut(String principal, Collection<String> kept) {
		return condemn(principal, "-", kept);
	}

	private CompletionStage<List<String>> condemn(String principal, String which, Collection<String> handles) {
		List<String> arguments = new ArrayList<>(List.of(which));
		arguments.addAll(handles);
		return this.redis.run(CONDEMN, this.keys.index(principal), bytes(arguments))
			.thenApply((reply) -> texts(reply, 0));
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
		return places(principal).thenApply((places) -> List.copyOf(places.keySet()));
	}

	/** The same, with how many ms each has. */
	private CompletionStage<Map<String, Long>> places(String principal) {
		return this.redis.run(LIST, this.keys.index(principal)).thenApply((reply) -> {
			Map<String, Long> places = new LinkedHashMap<>();
			for (int i = 0; i + 1 < reply.size(); i += 2) {
				String handle = SessionFields.text(reply.get(i));
				if (handle != null) {
					places.put(handle, number(reply, i + 1));
				}
			}
			return places;
		});
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
	 * his. Who has a place and is still to be written stays.
	 * @return those that are
	 */
	CompletionStage<Census> census(String principal) {
		return places(principal)
			.thenCompose((places) -> Waves.over(List.copyOf(places.keySet()), (handle) -> about(handle, principal))
				.thenCompose((found) -> census(principal, places, found)));
	}

	/** What had its place for longer than a reservation was written before. */
	private CompletionStage<Census> census(String principal, Map<String, Long> places,
			List<@Nullable UserSession> found) {
		List<UserSession> sessions = new ArrayList<>();
		Set<String> known = new HashSet<>();
		for (UserSession session : found) {
			if (session != null) {
				sessions.add(session);
				known.add(session.handle());
			}
		}
		String[] missing = places.entrySet()
			.stream()
			.filter((place) -> place.getValue() > RESERVED_MILLIS && !known.contains(place.getKey()))
			.map(Map.Entry::getKey)
			.toArray(String[]::new);
		Census census = new Census(sessions, missing.length);
		return (missing.length > 0) ? leave(principal, missing).thenApply((left) -> census)
				: CompletableFuture.completedStage(census);
	}

	CompletionStage<Saved> save(SessionWrite write) {
		Entry entry = write.entry();
		if (entry == null || !this.settings.refuses() || !(entry.logsIn() || write.formerHandle() != null)) {
			return write(write, entry);
		}
		return write(write.reserving(RESERVED_MILLIS), entry).thenCompose((saved) -> (saved.outcome() == Outcome.DONE)
				? confirm(write, entry) : CompletableFuture.completedStage(saved));
	}

	/**
	 * What is reserved is there to stay. If that is not answered, whoever logs in has his
	 * session all the same, and it stays when it is used next.
	 */
	private CompletionStage<Saved> confirm(SessionWrite write, Entry entry) {
		SessionWrite kept = write.confirmation(entry.principal());
		byte[] session = this.keys.session(write.handle());
		byte[][] index = this.keys.index(entry.principal());
		byte[][] all = { session, index[0], index[1] };
		CompletionStage<Saved> confirmed = this.redis.isOneSlot(all) ? run("sul", all, kept, null)
				: enter(kept, index).thenCompose((entered) -> (entered.outcome() == Outcome.DONE)
						? saveSession(kept, session) : CompletableFuture.completedStage(entered));
		return confirmed.thenCompose((saved) -> (saved.outcome() == Outcome.DONE)
				? CompletableFuture.completedStage(saved) : undone(write, entry, saved))
			.exceptionally((failure) -> new Saved(Outcome.DONE, List.of()));
	}

	/** Takes a place for somebody who is about to log in, for a short time. */
	CompletionStage<Saved> reserve(String principal, String place) {
		SessionWrite write = SessionWrite.place(place, principal, RESERVED_MILLIS);
		return enter(write, this.keys.index(principal));
	}

	private CompletionStage<Saved> write(SessionWrite write, @Nullable Entry entry) {
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
		CompletionStage<Saved> saved = (entry.logsIn() && this.settings.refuses())
				? enterThenSave(write, session, index)
				: (entry.logsIn() || former != null) ? saveThenEnter(write, session, index)
						: saveSession(write, session).thenCombine(enter(write, index), SessionStore::both);
		return saved.thenCompose((result) -> (result.outcome() == Outcome.DONE)
				? CompletableFuture.completedStage(result) : undone(write, entry, result));
	}

	/** Both are good for a short time, until they are confirmed. */
	private CompletionStage<Saved> enterThenSave(SessionWrite write, byte[] session, byte[][] index) {
		return enter(write, index).thenCompose((entered) -> (entered.outcome() != Outcome.DONE)
				? CompletableFuture.completedStage(entered) : saveSession(write, session));
	}

	/** Who is refused here had a place, and has lost it: he is out. */
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
				Integer.toString(this.settings.maxPerUser()), this.settings.refuses() ? "1" : "0",
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

	private static byte[][] bytes(Collection<String> texts) {
		return texts.stream().map(SessionStore::bytes).toArray(byte[][]::new);
	}

	/**
	 * What lies in the place of a session.
	 *
	 * @param present whether there is anything
	 * @param fields the session; {@code null} if it is none
	 * @param head the fields by which a hash is no session
	 */
	record Found(boolean present, @Nullable SessionFields fields, Map<String, byte @Nullable []> head) {

		static final Found NOTHING = new Found(false, null, Map.of());

		static final Found NO_HASH = new Found(true, null, Map.of());

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
