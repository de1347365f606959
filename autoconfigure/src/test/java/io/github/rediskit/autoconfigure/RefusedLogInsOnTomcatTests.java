package io.github.rediskit.autoconfigure;

import java.security.Principal;

import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.WebAttributes;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Refused log-ins on Tomcat.
 */
class RefusedLogInsOnTomcatTests extends RefusedLogInsContract {

	@Override
	WebApplicationType type() {
		return WebApplicationType.SERVLET;
	}

	@Override
	Class<?> configuration() {
		return Web.class;
	}

	@Test
	void nothingHappensThatGoesWithALogInAndALogInPageCanSayWhy() {
		assertThat(browser().logIn("ann", "&remember-me=on")).isEqualTo("/");
		assertThat(events()).containsExactly("ann");
		Browser second = browser();
		assertThat(second.logIn("ann", "&remember-me=on")).isEqualTo("/login?error");
		assertThat(second.get("/why")).startsWith("SessionAuthenticationException: A user may have 1 session");
		assertThat(second.cookies()).containsExactly("SESSION");
		assertThat(events()).containsExactly("ann");
	}

	@Test
	void whoIsLoggedInForARequestAloneNeedsNoPlace() {
		assertThat(browser().logIn("ann")).isEqualTo("/");
		assertThat(browser().post("/api/login", "username=ann&password=ann").body()).isEqualTo("ann with nothing");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	@Import(Shop.class)
	static class Web {

		@Bean
		@Order(1)
		SecurityFilterChain api(HttpSecurity http) {
			return http.securityMatcher("/api/**")
				.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
				.csrf((csrf) -> csrf.disable())
				.formLogin((form) -> form.loginProcessingUrl("/api/login")
					.successHandler(
							(request, response, user) -> response.getWriter().print(user.getName() + " with nothing")))
				.build();
		}

		@Bean
		SecurityFilterChain web(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.formLogin(Customizer.withDefaults())
				.rememberMe((remember) -> remember.key("key"))
				.build();
		}

		/** Who has no passwords to change is spared their better encoding. */
		@Bean
		UserDetailsService users() {
			return (name) -> User.withUsername(name).password("{noop}" + name).roles("USER").build();
		}

	}

	@RestController
	static class Shop {

		@GetMapping("/token")
		String token(CsrfToken token) {
			return token.getToken();
		}

		@GetMapping("/why")
		String why(HttpSession session) {
			Exception failure = (Exception) session.getAttribute(WebAttributes.AUTHENTICATION_EXCEPTION);
			return failure.getClass().getSimpleName() + ": " + failure.getMessage();
		}

		@GetMapping("/put")
		void put(HttpSession session, String value) {
			session.setAttribute("cart", value);
		}

		@GetMapping("/who")
		String who(@Nullable Principal user, HttpSession session) {
			Object cart = session.getAttribute("cart");
			return ((user != null) ? user.getName() : "nobody") + " with " + ((cart != null) ? cart : "nothing");
		}

	}

}
