package io.github.rediskit.session;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.CircuitBreakers;
import io.github.rediskit.redis.LettuceGateway;
import io.github.rediskit.session.SessionSettings.OnExceed;
import io.github.rediskit.session.SessionSettings.OnFailure;
import io.github.rediskit.testing.RedisTestCluster;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

import org.jspecify.annotations.Nullable;

import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.UuidSessionIdGenerator;

import static org.awaitility.Awaitility.await;

/**
 * One instance of an application, as far as its sessions are concerned. Several of them
 * in a test share nothing but Redis.
 */
final class SessionInstance implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final AbstractRedisClient client;

	private final LettuceGateway gateway;

	private final CircuitBreakers circuits = new CircuitBreakers(
			(name) -> new KeySpace(null, "shop").key("circuit", name), List.of());

	/** What happened, as words. */
	final List<String> events = new CopyOnWriteArrayList<>();

	/** What a test does to the scripts of this instance. */
	final Interference interference = new Interference();

	final Sessions sessions;

	final ServletSessions servlet;

	final ReactiveSessions reactive;

	final RedisUserSessions async;

	final UserSessions users;

	SessionInstance(String uri) {
		this(uri, SessionSettings.DEFAULTS);
	}

	SessionInstance(String uri, SessionSettings settings) {
		this(client(RedisURI.create(uri)), RedisURI.create(uri), settings);
	}

	private static RedisClient client(RedisURI address) {
		RedisClient client = RedisClient.create(address);
		client.setOptions(ClientOptions.builder()
			.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled(TIMEOUT))
			.build());
		return client;
	}

	private SessionInstance(RedisClient client, RedisURI address, SessionSettings settings) {
		this(client,
				new LettuceGateway(
						() -> client.connectAsync(ByteArrayCodec.INSTANCE, address)
							.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
						() -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE, address), Duration.ofSeconds(5)),
				settings);
	}

	/** One that uses a cluster. */
	static SessionInstance of(RedisTestCluster cluster, SessionSettings settings) {
		RedisClusterClient client = RedisClusterClient
			.create(cluster.addresses().stream().map((address) -> RedisURI.create("redis://" + address)).toList());
		client.setOptions(ClusterClientOptions.builder().timeoutOptions(TimeoutOptions.enabled(TIMEOUT)).build());
		client.getPartitions(); // which node has which slots
		return new SessionInstance(client,
				new LettuceGateway(
						() -> client.connectAsync(ByteArrayCodec.INSTANCE)
							.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
						() -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE)
							.thenApply((connection) -> (StatefulRedisPubSubConnection<byte[], byte[]>) connection),
						Duration.ofSeconds(5)),
				settings);
	}

	private SessionInstance(AbstractRedisClient client, LettuceGateway gateway, SessionSettings settings) {
		this.client = client;
		this.gateway = gateway;
		// a server that was killed or thawed a moment ago may still drop a connection
		await().ignoreExceptions().until(() -> this.gateway.time().toCompletableFuture().get(5, TimeUnit.SECONDS) > 0);
		this.sessions = new Sessions(this.interference.with(this.circuits.guard("default", this.gateway)),
				new KeySpace(null, "shop"), new TextCodec(), settings,
				new SessionSources(UuidSessionIdGenerator.getInstance(), InstantSource.system(), new SecureRandom()),
				(agent) -> (agent != null) ? "device of " + agent : "no device", List.of(new Recorder()));
		this.servlet = new ServletSessions(this.sessions);
		this.reactive = new ReactiveSessions(this.sessions);
		this.async = new RedisUserSessions(this.sessions);
		this.users = new BlockingUserSessions(this.async);
	}

	static SessionSettings settings(Duration timeout, int most, OnExceed onExceed) {
		return new SessionSettings(timeout, most, onExceed, OnFailure.FAIL, SessionSettings.DEFAULTS.maxSize());
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
		this.circuits.close();
		this.gateway.close();
		this.client.shutdown(Duration.ZERO, Duration.ZERO);
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
