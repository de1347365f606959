package io.github.rediskit.autoconfigure;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rate limits of HTTP requests on Tomcat.
 */
class ServletRateLimitsTests extends HttpRateLimitsContract {

	@Override
	WebApplicationType type() {
		return WebApplicationType.SERVLET;
	}

	@Override
	Class<?> configuration() {
		return Filters.class;
	}

	@Test
	void aRequestThatIsForwardedIsChargedOnce() {
		assertThat(get("/api/search/forwarded", "X-Key", "forward").body()).isEqualTo("ok");
		assertThat(limiter().peek("search", List.of("header", "x-key", "forward")).remaining()).isEqualTo(1);
	}

	@Test
	void aHandlerThatHasBegunToWriteIsAnsweredForToo() {
		assertThat(get("/service/written?key=writer").body()).isEqualTo("begunplain");
		HttpResponse<String> refused = get("/service/written?key=writer");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(header(refused, "Content-Type")).startsWith("application/problem+json");
		assertThat(refused.body()).contains("#quota-exceeded").doesNotContain("begun");
	}

	@Test
	void annotatedMethodsThatReturnAValueOrAFutureSayHowTheirLimitsStand() {
		assertThat(header(get("/service/plain?key=told"), "RateLimit")).isEqualTo("\"plain\";r=0;t=3600");
		assertThat(header(get("/service/future?key=told"), "RateLimit")).isEqualTo("\"future\";r=0;t=3600");
	}

	@Configuration(proxyBeanMethods = false)
	static class Filters {

		/** As Spring Security would. */
		@Bean
		OncePerRequestFilter login() {
			return new Login();
		}

		/** Behind all others, which is where an unordered one is. */
		@Bean
		CorsFilter corsFilter() {
			CorsConfiguration configuration = new CorsConfiguration();
			configuration.addAllowedOrigin(ORIGIN);
			configuration.setExposedHeaders(List.of("Retry-After", "RateLimit", "RateLimit-Policy"));
			UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
			source.registerCorsConfiguration("/api/cors/filtered", configuration);
			return new CorsFilter(source);
		}

		@Bean
		Written written(LimitedShop.Service service) {
			return new Written(service);
		}

		@Bean
		Forwarding forwarding() {
			return new Forwarding();
		}

	}

	@Controller
	static class Written {

		private final LimitedShop.Service service;

		Written(LimitedShop.Service service) {
			this.service = service;
		}

		@GetMapping("/service/written")
		void written(@RequestParam String key, PrintWriter out) {
			out.write("begun");
			String answer = this.service.plain(key);
			out.write(answer);
		}

	}

	@Controller
	static class Forwarding {

		@GetMapping("/api/search/forwarded")
		String forward() {
			return "forward:/api/search/target";
		}

	}

	@Order(-100)
	static class Login extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String user = request.getHeader("X-User");
			chain.doFilter((user == null) ? request : new HttpServletRequestWrapper(request) {

				@Override
				public Principal getUserPrincipal() {
					return () -> user;
				}

			}, response);
		}

	}

}
