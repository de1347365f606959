package io.github.rediskit.sample.account;

import java.util.stream.Stream;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

import static org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher.pathPattern;

/**
 * Everybody may shop; who wants to see his devices logs in. Nothing here knows of
 * Rediskit: that sessions lie in Redis is not Spring Security's business.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.SERVLET)
class AccountSecurity {

	private static final String DEVICES = "/devices.html";

	private static final String LOG_IN = "/login.html";

	@Bean
	SecurityFilterChain security(HttpSecurity http) {
		RequestMatcher api = pathPattern("/api/**");
		HttpSessionRequestCache pages = new HttpSessionRequestCache();
		pages.setRequestMatcher(pathPattern(DEVICES)); // nobody wants to be sent to JSON
		return http
			.authorizeHttpRequests((requests) -> requests.requestMatchers(DEVICES, "/api/devices/**", "/api/visits")
				.authenticated()
				.anyRequest()
				.permitAll())
			.formLogin((form) -> form.loginPage(LOG_IN)
				.loginProcessingUrl("/login")
				.defaultSuccessUrl(DEVICES)
				.failureUrl(LOG_IN + "?error"))
			.logout((logout) -> logout.logoutSuccessUrl(LOG_IN + "?logout"))
			.csrf((csrf) -> csrf.ignoringRequestMatchers(
					new AndRequestMatcher(api, new NegatedRequestMatcher(pathPattern("/api/devices/**")),
							new NegatedRequestMatcher(pathPattern("/api/visits")))))
			.requestCache((cache) -> cache.requestCache(pages))
			.exceptionHandling((errors) -> errors
				.defaultAuthenticationEntryPointFor(new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED), api))
			.build();
	}

	/** Their passwords are their names. */
	@Bean
	InMemoryUserDetailsManager customers() {
		return new InMemoryUserDetailsManager(Stream.of("ada", "grace", "linus").map(this::customer).toList());
	}

	private UserDetails customer(String name) {
		return User.withUsername(name).password("{noop}" + name).roles("CUSTOMER").build();
	}

}
