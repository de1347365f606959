package io.github.rediskit.autoconfigure;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rate limits of HTTP requests on WebFlux and Netty.
 */
class ReactiveRateLimitsTests extends HttpRateLimitsContract {

	@Override
	WebApplicationType type() {
		return WebApplicationType.REACTIVE;
	}

	@Override
	Class<?> configuration() {
		return Filters.class;
	}

	@Test
	void aClientWhoGoesGivesThePermitBack() {
		CompletableFuture<HttpResponse<String>> running = this.client
			.sendAsync(request("/api/busy?id=gone", "X-Key", "gone").build(), BodyHandlers.ofString());
		await().until(() -> api().running.containsKey("gone"));
		assertThat(get("/api/busy?id=other", "X-Key", "gone").statusCode()).isEqualTo(429);
		running.cancel(true);
		api().running.put("after", CompletableFuture.completedFuture("after"));
		await().untilAsserted(() -> assertThat(get("/api/busy?id=after", "X-Key", "gone").statusCode()).isEqualTo(200));
		assertThat(api().running.get("gone")).satisfiesAnyOf((future) -> assertThat(future).isNotDone(),
				(future) -> assertThat(future).isCancelled());
	}

	@Configuration(proxyBeanMethods = false)
	static class Filters {

		/** Of its own: another application in this JVM ends those that are shared. */
		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

		/** As Spring Security would. */
		@Bean
		@Order(-100)
		WebFilter login() {
			return new Login();
		}

		/** Behind all others, which is where an unordered one is. */
		@Bean
		CorsWebFilter corsFilter() {
			CorsConfiguration configuration = new CorsConfiguration();
			configuration.addAllowedOrigin(ORIGIN);
			configuration.setExposedHeaders(List.of("Retry-After", "RateLimit", "RateLimit-Policy"));
			UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
			source.registerCorsConfiguration("/api/cors/filtered", configuration);
			return new CorsWebFilter(source);
		}

	}

	static class Login implements WebFilter {

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			String user = exchange.getRequest().getHeaders().getFirst("X-User");
			Principal principal = () -> user;
			return chain.filter((user == null) ? exchange : exchange.mutate().principal(Mono.just(principal)).build());
		}

	}

}
