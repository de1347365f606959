package io.github.rediskit.session;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often a request asks Redis, beside Spring Session's own repositories. There each
 * command is a round trip, here each script is one, whatever it does.
 */
@RedisTest
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
class SessionTripsTests {

	private static final Log logger = LogFactory.getLog(SessionTripsTests.class);

	private static final String USER = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

	private final RedisTestServer server = RedisTestServer.shared();

	private final SessionInstance instance = new SessionInstance(this.server.uri());

	private LettuceConnectionFactory factory;

	@BeforeAll
	void connect() {
		this.factory = new LettuceConnectionFactory(this.server.host(), this.server.port());
		this.factory.afterPropertiesSet();
		this.factory.start();
	}

	@AfterAll
	void close() {
		this.instance.close();
		this.factory.destroy();
	}

	@Test
	void aRequestAsksRedisLessOftenThanWithSpringSessionAlone() {
		trips(this.instance.servlet, true); // after which Redis knows the scripts
		Map<String, Long> ours = trips(this.instance.servlet, true);
		Map<String, Long> plain = trips(new RedisSessionRepository(template()), false);
		RedisIndexedSessionRepository repository = new RedisIndexedSessionRepository(template());
		repository.setDefaultSerializer(RedisSerializer.java());
		Map<String, Long> indexed = trips(repository, false);
		logger.info("Round trips, ours / Spring Session / Spring Session with index");
		ours.forEach((what, count) -> System.out
			.println("%-45s %d / %d / %d".formatted(what, count, plain.get(what), indexed.get(what))));
		assertThat(ours).containsExactly(Map.entry("a session begins", 1L), Map.entry("a user logs in", 2L),
				Map.entry("a request reads", 1L), Map.entry("a request reads after a while", 2L),
				Map.entry("a request reads and writes", 2L), Map.entry("a user logs out", 3L));
		ours.keySet()
			.stream()
			.filter((what) -> !what.equals("a user logs out"))
			.forEach((what) -> assertThat(ours.get(what)).as(what).isLessThan(plain.get(what)));
		ours.forEach((what, count) -> assertThat(count).as(what).isLessThan(indexed.get(what)));
	}

	private RedisTemplate<String, Object> template() {
		RedisTemplate<String, Object> template = new RedisTemplate<>();
		template.setKeySerializer(RedisSerializer.string());
		template.setHashKeySerializer(RedisSerializer.string());
		template.setConnectionFactory(this.factory);
		template.afterPropertiesSet();
		return template;
	}

	/** As Spring Session's filter asks. */
	private <S extends Session> Map<String, Long> trips(SessionRepository<S> repository, boolean scripts) {
		this.server.flushAll();
		Map<String, Long> trips = new LinkedHashMap<>();
		String[] id = new String[1];
		trips.put("a session begins", count(scripts, () -> {
			S session = repository.createSession();
			session.setLastAccessedTime(Instant.now());
			session.setAttribute("cart", "lamp");
			repository.save(session);
			id[0] = session.getId();
		}));
		trips.put("a user logs in", count(scripts, () -> {
			S session = request(repository, id[0]);
			session.changeSessionId();
			session.setAttribute(USER, "ann");
			repository.save(session);
			id[0] = session.getId();
		}));
		trips.put("a request reads", count(scripts, () -> repository.save(request(repository, id[0]))));
		this.server.commands()
			.keys("shop:session:sessions:*")
			.forEach((key) -> this.server.commands().pexpire(key, Duration.ofMinutes(29).toMillis()));
		trips.put("a request reads after a while", count(scripts, () -> repository.save(request(repository, id[0]))));
		trips.put("a request reads and writes", count(scripts, () -> {
			S session = request(repository, id[0]);
			session.setAttribute("cart", "table");
			repository.save(session);
		}));
		trips.put("a user logs out", count(scripts, () -> {
			request(repository, id[0]);
			repository.deleteById(id[0]);
		}));
		return trips;
	}

	private static <S extends Session> S request(SessionRepository<S> repository, String id) {
		S session = repository.findById(id);
		session.setLastAccessedTime(Instant.now());
		return session;
	}

	private long count(boolean scripts, Runnable action) {
		this.server.resetStats();
		action.run();
		Map<String, Long> stats = this.server.commandStats();
		return stats.entrySet()
			.stream()
			.filter((entry) -> scripts ? entry.getKey().startsWith("eval")
					: !entry.getKey().startsWith("config") && !entry.getKey().startsWith("info"))
			.mapToLong(Map.Entry::getValue)
			.sum();
	}

}
