package io.github.rediskit.session;

import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.session.ReactiveFindByIndexNameSessionRepository;
import org.springframework.session.ReactiveSessionRepository;

/**
 * The sessions for Spring Session's reactive store. The {@link SessionRequest} is looked
 * for in the context of the subscriber, by its class.
 */
public final class ReactiveSessions
		implements ReactiveSessionRepository<RedisSession>, ReactiveFindByIndexNameSessionRepository<RedisSession> {

	private final Sessions sessions;

	private final Function<TooManySessionsException, RuntimeException> refusal;

	/**
	 * Creates the repository.
	 * @param sessions what does the work
	 */
	public ReactiveSessions(Sessions sessions) {
		this(sessions, (refused) -> refused);
	}

	/**
	 * Creates the repository.
	 * @param sessions what does the work
	 * @param refusal what a refused log-in is to whoever logs somebody in
	 */
	public ReactiveSessions(Sessions sessions, Function<TooManySessionsException, RuntimeException> refusal) {
		this.sessions = sessions;
		this.refusal = refusal;
	}

	@Override
	public Mono<RedisSession> createSession() {
		return Mono.deferContextual((context) -> Mono.just(this.sessions.create(request(context))));
	}

	@Override
	public Mono<Void> save(RedisSession session) {
		return Mono.<Void>fromCompletionStage(() -> this.sessions.save(session))
			.onErrorMap(Joined::unwrapped)
			.onErrorMap(TooManySessionsException.class, this.refusal);
	}

	@Override
	public Mono<RedisSession> findById(String id) {
		return Mono.deferContextual((context) -> {
			SessionRequest request = request(context);
			return Mono.fromCompletionStage(() -> this.sessions.look(id))
				.flatMap((looked) -> Mono.justOrEmpty(this.sessions.open(looked, request)));
		});
	}

	@Override
	public Mono<Void> deleteById(String id) {
		return Mono.<Void>fromCompletionStage(() -> this.sessions.delete(id)).onErrorMap(Joined::unwrapped);
	}

	@Override
	public Mono<Map<String, RedisSession>> findByIndexNameAndIndexValue(String indexName, String indexValue) {
		if (!Principals.isIndex(indexName)) {
			return Mono.just(Map.of());
		}
		return Mono.deferContextual((context) -> Mono.fromCompletionStage(() -> this.sessions.lookFor(indexValue))
			.map((looked) -> this.sessions.open(looked, indexValue, request(context)))
			.onErrorMap(Joined::unwrapped));
	}

	private static @Nullable SessionRequest request(ContextView context) {
		return context.getOrDefault(SessionRequest.class, null);
	}

}
