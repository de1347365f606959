package io.github.rediskit.autoconfigure;

import java.util.Map;

import io.github.rediskit.session.AsyncUserSessions;
import io.github.rediskit.session.ReactiveSessions;
import io.github.rediskit.session.RedisSession;
import io.github.rediskit.session.ServletSessions;
import io.github.rediskit.session.Sessions;
import io.github.rediskit.session.UserSessions;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.SessionRepository;
import org.springframework.session.security.SpringSessionBackedSessionRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions as an application has them: properties, beans, its start.
 */
@RedisTest
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class SessionAutoConfigurationTests {

	private static final String USER = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(DataRedisAutoConfiguration.class,
			RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
			RateLimitAutoConfiguration.class, SessionAutoConfiguration.class, SessionServletAutoConfiguration.class,
			SessionReactiveAutoConfiguration.class, RediskitMetricsAutoConfiguration.class);

	private final RedisTestServer server = RedisTestServer.shared();

	private final String[] properties = { "spring.application.name=shop",
			"spring.data.redis.url=" + this.server.uri() };

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS)
		.withPropertyValues(this.properties);

	@Test
	void aServletApplicationHasItsSessionsInRedis() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed()
				.hasSingleBean(ServletSessions.class)
				.hasSingleBean(UserSessions.class)
				.hasBean("springSessionRepositoryFilter")
				.hasBean("sessionRepositoryFilterRegistration");
			ServletSessions sessions = context.getBean(ServletSessions.class);
			RedisSession session = sessions.createSession();
			session.setAttribute("cart", Map.of("lamp", 3));
			sessions.save(session);
			assertThat(sessions.findById(session.getId()).<Object>getAttribute("cart")).isEqualTo(Map.of("lamp", 3));
		});
	}

	@Test
	void anApplicationWithoutRequestsSeesSessionsToo() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(this.properties)
			.run((context) -> assertThat(context).hasSingleBean(UserSessions.class)
				.hasSingleBean(AsyncUserSessions.class)
				.doesNotHaveBean(SessionRepository.class));
	}

	@Test
	void aReactiveApplicationHasThemToo() {
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(this.properties)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ReactiveSessions.class)
				.hasBean("webSessionManager")
				.doesNotHaveBean(ServletSessions.class));
	}

	@Test
	void whoHasSessionsOfHisOwnOrWantsNoneIsLeftAlone() {
		this.runner.withBean("own", SessionRepository.class, () -> new MapSessionRepository(Map.of()))
			.run((context) -> assertThat(context).doesNotHaveBean(ServletSessions.class)
				.doesNotHaveBean("rediskitSessionFilter"));
		this.runner.withPropertyValues("rediskit.session.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Sessions.class)
				.doesNotHaveBean(UserSessions.class)
				.doesNotHaveBean(SessionRepository.class));
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.session"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rediskitSessions"));
	}

	@ParameterizedTest
	@CsvSource({ "rediskit.session.timeout=90, PT1M30S", "spring.session.timeout=20m, PT20M",
			"server.servlet.session.timeout=2h, PT2H", "server.reactive.session.timeout=3600, PT1H",
			"spring.main.banner-mode=off, PT30M" })
	void theTimeoutIsWhatItsPropertiesSay(String property, String timeout) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(
					context.getBean(ServletSessions.class).createSession().getMaxInactiveInterval())
				.hasToString(timeout));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					rediskit.session.timeout=0          | rediskit.session.timeout          | less than a second
					server.servlet.session.timeout=-1   | server.servlet.session.timeout    | never end
					rediskit.session.timeout=366d       | rediskit.session.timeout          | 365 days at most
					rediskit.session.max-per-user=0     | rediskit.session.max-per-user     | nobody could log in
					rediskit.session.max-per-user=-2    | rediskit.session.max-per-user     | such as 3
					rediskit.session.allowed-types=java | rediskit.session.allowed-types[0] | 'java'
					rediskit.session.allowed-types=com.shop.Crat | rediskit.session.allowed-types[0] | There is no class 'com.shop.Crat'
					rediskit.session.max-size=100B       | rediskit.session.max-size           | such as 1MB
					rediskit.session.encryption.key-id=x | rediskit.session.encryption.key-id | does not exist
					""")
	void wrongSettingsStopTheStartWithASentence(String property, String named, String advice) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining(InvalidSettingException.class.getName() + ": " + named + " ")
				.hasStackTraceContaining(advice));
	}

	@Test
	void aPackageThatIsNotThereIsWarnedOf(CapturedOutput output) {
		this.runner
			.withPropertyValues(
					"rediskit.session.allowed-types=io.github.rediskit.session,com.shop.crat,java.util.List")
			.run((context) -> assertThat(context).hasFailed());
		assertThat(output).contains("rediskit.session.allowed-types[1] is 'com.shop.crat'")
			.doesNotContain("allowed-types[0] is");
	}

	@Test
	void aCookieThatNoBrowserWouldTakeStopsTheStartOfAReactiveApplicationToo() {
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(this.properties)
			.withPropertyValues("server.reactive.session.cookie.name=my session")
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(
					"server.reactive.session.cookie.name is 'my session', which no cookie can have"));
	}

	@Test
	void whatIsNeitherOnNorOffStopsTheStart() {
		this.runner.withPropertyValues("rediskit.session.enabled=maybe")
			.run((context) -> assertThat(context.getStartupFailure()).hasMessageContaining("rediskit.session.enabled"));
	}

	@Test
	void anUnknownSettingStopsTheStart() {
		this.runner.withPropertyValues("rediskit.session.max-per-users=3")
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining("rediskit.session"));
	}

	@Test
	void theApplicationStartsWithoutRedis() {
		this.runner.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void anEncryptedSessionKeepsItsAttributesWhenItsIdChanges() {
		this.runner
			.withPropertyValues("rediskit.encryption.keys.one=" + "A".repeat(43) + "=",
					"rediskit.session.encryption.key-id=one", "rediskit.session.compression.enabled=true")
			.run((context) -> {
				ServletSessions sessions = context.getBean(ServletSessions.class);
				RedisSession session = sessions.createSession();
				session.setAttribute("cart", "lamp".repeat(1000));
				session.setAttribute("gone", "soon");
				sessions.save(session);
				RedisSession read = sessions.findById(session.getId());
				read.changeSessionId();
				read.setAttribute(USER, "ann");
				read.removeAttribute("gone");
				sessions.save(read);
				RedisSession again = sessions.findById(read.getId());
				assertThat(again.getAttributeNames()).containsExactlyInAnyOrder("cart", USER);
				assertThat(again.<String>getAttribute("cart")).startsWith("lamplamp");
				assertThat(this.server.commands().hgetall(this.server.commands().keys("*sessions*").get(0)).toString())
					.doesNotContain("lamp");
			});
	}

	@Test
	void whatTheOtherSerializationWroteIsANewSession() {
		this.runner.withPropertyValues("rediskit.session.serialization=jdk").run((jdk) -> this.runner.run((json) -> {
			ServletSessions sessions = jdk.getBean(ServletSessions.class);
			RedisSession session = sessions.createSession();
			session.setAttribute("cart", "lamp");
			sessions.save(session);
			assertThat(sessions.findById(session.getId()).<String>getAttribute("cart")).isEqualTo("lamp");
			assertThat(json.getBean(ServletSessions.class).findById(session.getId())).isNull();
		}));
	}

	@Test
	void theUserIsThatOfSpringSecurity() {
		this.runner.run((context) -> {
			ServletSessions sessions = context.getBean(ServletSessions.class);
			RedisSession session = sessions.createSession();
			SecurityContext security = new SecurityContextImpl(UsernamePasswordAuthenticationToken.authenticated("ann",
					null, AuthorityUtils.createAuthorityList("ROLE_USER")));
			session.setAttribute("SPRING_SECURITY_CONTEXT", security);
			sessions.save(session);
			assertThat(context.getBean(UserSessions.class).of("ann")).hasSize(1);
			assertThat(sessions.findById(session.getId()).<SecurityContext>getAttribute("SPRING_SECURITY_CONTEXT"))
				.isEqualTo(security);
			SpringSessionBackedSessionRegistry<RedisSession> registry = new SpringSessionBackedSessionRegistry<>(
					sessions);
			assertThat(registry.getAllSessions("ann", false)).hasSize(1)
				.allSatisfy((information) -> information.expireNow());
			assertThat(registry.getAllSessions("ann", false)).isEmpty();
			assertThat(registry.getSessionInformation(session.getId()).isExpired()).isTrue();
		});
	}

	@Test
	void metersCountWhatHappens() {
		this.runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("rediskit.session.max-per-user=1")
			.run((context) -> {
				ServletSessions sessions = context.getBean(ServletSessions.class);
				for (int i = 0; i < 2; i++) {
					RedisSession session = sessions.createSession();
					session.setAttribute(USER, "ann");
					sessions.save(session);
					sessions.findById(session.getId());
				}
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(meters.get("rediskit.session.created").functionCounter().count()).isEqualTo(2);
				assertThat(meters.get("rediskit.session.ended").tag("reason", "pushed_out").functionCounter().count())
					.isEqualTo(1);
				assertThat(meters.get("rediskit.session.read").tag("outcome", "found").timer().count()).isEqualTo(2);
				assertThat(meters.get("rediskit.session.save").tag("outcome", "written").timer().count()).isEqualTo(2);
			});
	}

}
