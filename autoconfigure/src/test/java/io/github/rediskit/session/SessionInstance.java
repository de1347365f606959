package io.github.rediskit.session;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.session.SessionSettings.OnFailure;
import io.github.rediskit.testing.GatewayInstance;
import io.github.rediskit.testing.RedisTestCluster;
import org.jspecify.annotations.Nullable;

import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.UuidSessionIdGenerator;

/**
 * One instance of an application, as far as its sessions are concerned. Several of them
 * in a test share nothing but Redis.
 */
final class SessionInstance implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final GatewayInstance gateway;

	/** What happened, as words. */
	final List<String> events = new CopyOnWriteArrayList<>();

	final Sessions sessions;

	final ServletSessions servlet;

	final ReactiveSessions reactive;

	final RedisUserSessions async;

	final UserSessions users;

	SessionInstance(String uri) {
		this(uri, SessionSettings.DEFAULTS);
	}

	SessionInstance(String uri, SessionSettings settings) {
		this(GatewayInstance.of(uri, TIMEOUT), settings);
	}

	/** One that uses a cluster. */
	static SessionInstance of(RedisTestCluster cluster, SessionSettings settings) {
		return new SessionInstance(GatewayInstance.of(cluster, TIMEOUT), settings);
	}

	private SessionInstance(GatewayInstance gateway, SessionSettings settings) {
		this.gateway = gateway.answering();
		this.sessions = new Sessions(gateway.redis(), GatewayInstance.SHOP, new TextCodec(), settings,
				new SessionSources(UuidSessionIdGenerator.getInstance(), InstantSource.system(), new SecureRandom()),
				(agent) -> (agent != null) ? "device of " + agent : "no device", List.of(new Recorder()));
		this.servlet = new ServletSessions(this.sessions);
		this.reactive = new ReactiveSessions(this.sessions);
		this.async = new RedisUserSessions(this.sessions);
		this.users = new BlockingUserSessions(this.async);
	}

	static SessionSettings settings(Duration timeout, int most, OnExceed onExceed) {
		return new SessionSettings(timeout, most, onExceed, OnFailure.FAIL);
	}

	/** Logs a user in, in a session of his own. */
	RedisSession logIn(String principal) {
		RedisSession session = this.servlet.createSession();
		session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, principal);
		this.servlet.save(session);
		return session;
	}

	/** Uses a session as a request does. */
	@Nullable RedisSession use(String id) {
		RedisSession session = this.servlet.findById(id);
		if (session != null) {
			session.setLastAccessedTime(Instant.now());
			this.servlet.save(session);
		}
		return session;
	}

	@Override
	public void close() {
		this.gateway.close();
	}

	/**
	 * Remembers what happened.
	 */
	private final class Recorder implements SessionListener {

		private void add(String event) {
			if (SessionInstance.this.events.size() < 1_000) {
				SessionInstance.this.events.add(event);
			}
		}

		@Override
		public void created(Session session) {
			add("created");
		}

		@Override
		public void ended(Session session, EndReason reason) {
			add("ended: " + reason);
		}

		@Override
		public void refused() {
			add("refused");
		}

		@Override
		public void unreadable(UnreadableReason reason, Throwable failure) {
			add("unreadable: " + reason);
		}

		@Override
		public void saved(SaveOutcome outcome, Duration took) {
			if (outcome != SaveOutcome.WRITTEN) {
				add("saved: " + outcome);
			}
		}

		@Override
		public void failed(Throwable failure) {
			add("failed");
		}

	}

}
