package io.github.rediskit.autoconfigure;

import java.util.EnumSet;

import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.session.ServletSessions;
import io.github.rediskit.session.SessionPlaces;
import io.github.rediskit.session.Sessions;
import io.github.rediskit.web.ServletSessionFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.session.SessionRepository;
import org.springframework.session.config.annotation.web.http.SpringHttpSessionConfiguration;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.DefaultCookieSerializer;
import org.springframework.session.web.http.HttpSessionIdResolver;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.web.filter.DelegatingFilterProxy;

/**
 * Sessions of servlet applications: Spring Session's filter and cookies over ours. It
 * comes before Boot's own sessions, which back off then, unless the application has
 * others.
 */
@AutoConfiguration(after = { SessionAutoConfiguration.class, RateLimitAutoConfiguration.class },
		beforeName = { "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration",
				"org.springframework.boot.session.data.redis.autoconfigure.SessionDataRedisAutoConfiguration" })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ Filter.class, SessionRepositoryFilter.class, DelegatingFilterProxy.class })
@ConditionalOnBean(Sessions.class)
@ConditionalOnMissingBean(SessionRepository.class)
@Import(SpringHttpSessionConfiguration.class)
public final class SessionServletAutoConfiguration {

	/** Before Spring Session's filter. */
	private static final int ORDER = SessionRepositoryFilter.DEFAULT_ORDER - 10;

	@Bean
	ServletSessions rediskitSessionRepository(Sessions sessions) {
		return new ServletSessions(sessions);
	}

	@Bean
	FilterRegistrationBean<ServletSessionFilter> rediskitSessionFilter(ObjectProvider<RateLimitProperties> addresses) {
		FilterRegistrationBean<ServletSessionFilter> registration = new FilterRegistrationBean<>(
				new ServletSessionFilter(SessionAddresses.of(addresses)));
		registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
		registration.setAsyncSupported(true);
		registration.setOrder(ORDER);
		return registration;
	}

	@Bean
	@ConditionalOnMissingBean({ CookieSerializer.class, HttpSessionIdResolver.class })
	DefaultCookieSerializer rediskitSessionCookie(Environment environment) {
		return SessionCookie.of(environment, SessionCookie.SERVLET).serializer();
	}

	/** The first request finds a connection. */
	@Bean
	SmartInitializingSingleton rediskitSessionWarmUp(RoleGateways gateways) {
		return () -> gateways.warmUp(ConnectionRole.SESSION);
	}

	/**
	 * Where Spring Security logs users in, a refusal is a failed log-in.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HttpSecurity.class, SessionAuthenticationStrategy.class })
	@ConditionalOnProperty(name = "rediskit.session.on-exceed", havingValue = "refuse")
	static class Refusals {

		@Bean
		Customizer<HttpSecurity> rediskitSessionPlaces(Sessions sessions) {
			SessionPlaces places = new SessionPlaces(sessions);
			return (http) -> http.sessionManagement((management) -> management
				.addSessionAuthenticationStrategy(new SessionPlaceStrategy(places, http::getSharedObject)));
		}

	}

	/**
	 * Boot's module registers the filter, where it is there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("org.springframework.boot.session.autoconfigure.SessionAutoConfiguration")
	static class FilterRegistration {

		@Bean
		@ConditionalOnMissingBean(name = "sessionRepositoryFilterRegistration")
		DelegatingFilterProxyRegistrationBean sessionRepositoryFilterRegistration() {
			DelegatingFilterProxyRegistrationBean registration = new DelegatingFilterProxyRegistrationBean(
					"springSessionRepositoryFilter");
			registration
				.setDispatcherTypes(EnumSet.of(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.REQUEST));
			registration.setOrder(SessionRepositoryFilter.DEFAULT_ORDER);
			return registration;
		}

	}

}
