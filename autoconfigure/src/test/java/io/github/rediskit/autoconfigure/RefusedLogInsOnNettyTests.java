package io.github.rediskit.autoconfigure;

import java.security.Principal;
import java.time.Duration;

import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;

/**
 * Refused log-ins on WebFlux and Netty.
 */
class RefusedLogInsOnNettyTests extends RefusedLogInsContract {

	@Override
	WebApplicationType type() {
		return WebApplicationType.REACTIVE;
	}

	@Override
	Class<?> configuration() {
		return Web.class;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebFluxSecurity
	@Import(Shop.class)
	static class Web {

		@Bean
		SecurityWebFilterChain web(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.formLogin(Customizer.withDefaults())
				.build();
		}

		/** Who has no passwords to change is spared their better encoding. */
		@Bean
		ReactiveUserDetailsService users() {
			return (name) -> Mono.just(User.withUsername(name).password("{noop}" + name).roles("USER").build());
		}

		/** Of its own: another application in this JVM ends those that are shared. */
		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

	}

	@RestController
	static class Shop {

		@GetMapping("/token")
		Mono<String> token(ServerWebExchange exchange) {
			Mono<CsrfToken> token = exchange.getAttribute(CsrfToken.class.getName());
			return token.map(CsrfToken::getToken);
		}

		@GetMapping("/put")
		Mono<Void> put(WebSession session, @RequestParam String value) {
			session.getAttributes().put("cart", value);
			return Mono.empty();
		}

		@GetMapping("/who")
		Mono<String> who(ServerWebExchange exchange, WebSession session) {
			return exchange.getPrincipal()
				.map(Principal::getName)
				.defaultIfEmpty("nobody")
				.map((user) -> user + " with " + session.getAttributeOrDefault("cart", "nothing"));
		}

	}

}
