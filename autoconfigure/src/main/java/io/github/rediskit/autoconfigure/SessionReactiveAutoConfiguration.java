package io.github.rediskit.autoconfigure;

import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.session.ReactiveSessions;
import io.github.rediskit.session.Sessions;
import io.github.rediskit.web.ReactiveSessionFilter;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.session.ReactiveSessionRepository;
import org.springframework.session.config.annotation.web.server.SpringWebSessionConfiguration;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.session.WebSessionIdResolver;
import org.springframework.web.server.session.WebSessionManager;

/**
 * Sessions of WebFlux applications: Spring Session's manager over ours, with the cookie
 * that {@code server.reactive.session.cookie} describes. It comes before Boot's own
 * sessions, which back off then, unless the application has others.
 */
@AutoConfiguration(after = { SessionAutoConfiguration.class, RateLimitAutoConfiguration.class },
		beforeName = { "org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration",
				"org.springframework.boot.session.autoconfigure.SessionAutoConfiguration",
				"org.springframework.boot.session.data.redis.autoconfigure.SessionDataRedisAutoConfiguration" })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({ Mono.class, WebSessionManager.class })
@ConditionalOnBean(Sessions.class)
@ConditionalOnMissingBean(ReactiveSessionRepository.class)
@Import(SpringWebSessionConfiguration.class)
public final class SessionReactiveAutoConfiguration {

	private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 40;

	/** Where Spring Security logs users in, a refusal is a failed log-in. */
	@Bean
	ReactiveSessions rediskitReactiveSessionRepository(Sessions sessions, ResourceLoader resources) {
		boolean secured = ClassUtils.isPresent(
				"org.springframework.security.web.authentication.session.SessionAuthenticationException",
				resources.getClassLoader());
		return secured ? new ReactiveSessions(sessions, FailedLogIns::of) : new ReactiveSessions(sessions);
	}

	/** Boot applies it; what no browser would take is to be found at the start. */
	@Bean
	@ConditionalOnMissingBean(WebSessionIdResolver.class)
	SessionCookie rediskitSessionCookie(Environment environment) {
		return SessionCookie.of(environment, SessionCookie.REACTIVE);
	}

	@Bean
	ReactiveSessionFilter rediskitReactiveSessionFilter(ObjectProvider<RateLimitProperties> addresses) {
		return new ReactiveSessionFilter(SessionAddresses.of(addresses), ORDER);
	}

	/** The first request finds a connection. */
	@Bean
	SmartInitializingSingleton rediskitSessionWarmUp(RoleGateways gateways) {
		return () -> gateways.warmUp(ConnectionRole.SESSION);
	}

}
