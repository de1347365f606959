package io.github.rediskit.autoconfigure;

import java.time.Duration;

import io.github.rediskit.session.AsyncUserSessions;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.session.ReactiveFindByIndexNameSessionRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;

/**
 * Sessions on WebFlux and Netty.
 */
class ReactiveSessionsOnNettyTests extends HttpSessionsContract {

	private static final String USER = ReactiveFindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

	@Override
	WebApplicationType type() {
		return WebApplicationType.REACTIVE;
	}

	@Override
	Class<?> configuration() {
		return Web.class;
	}

	@Override
	String cookieProperties() {
		return "server.reactive.session.cookie";
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Shop.class)
	static class Web {

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

		private final AsyncUserSessions sessions;

		Shop(AsyncUserSessions sessions) {
			this.sessions = sessions;
		}

		@GetMapping("/none")
		Mono<String> none() {
			return Mono.just("ok");
		}

		@GetMapping("/put")
		Mono<String> put(ServerWebExchange exchange, @RequestParam String name, @RequestParam String value) {
			return exchange.getSession()
				.doOnNext((session) -> session.getAttributes().put(name, value))
				.thenReturn("ok");
		}

		@GetMapping("/unwritable")
		Mono<String> unwritable(ServerWebExchange exchange) {
			return exchange.getSession().doOnNext((session) -> {
				session.getAttributes().put("cart", "table");
				session.getAttributes().put("thread", Thread.currentThread());
			}).thenReturn("ok");
		}

		@GetMapping("/get")
		Mono<String> get(ServerWebExchange exchange, @RequestParam String name) {
			return exchange.getSession().map((session) -> session.getAttributeOrDefault(name, "nothing"));
		}

		@GetMapping("/user")
		Mono<String> user(ServerWebExchange exchange) {
			return get(exchange, USER);
		}

		@GetMapping("/id")
		Mono<String> id(ServerWebExchange exchange) {
			return exchange.getSession().map(WebSession::getId);
		}

		@GetMapping("/login")
		Mono<String> login(ServerWebExchange exchange, @RequestParam String user) {
			return exchange.getSession().flatMap((session) -> {
				session.getAttributes().put(USER, user);
				return session.changeSessionId();
			}).thenReturn("ok");
		}

		@GetMapping("/logout")
		Mono<String> logout(ServerWebExchange exchange) {
			return exchange.getSession().flatMap(WebSession::invalidate).thenReturn("ok");
		}

		@GetMapping("/revoked")
		Mono<String> revoked(ServerWebExchange exchange, @RequestParam String user) {
			return exchange.getSession()
				.flatMap((session) -> Mono.fromCompletionStage(this.sessions.revokeAll(user))
					.doOnNext((count) -> session.getAttributes().put("cart", "lamp")))
				.thenReturn("ok");
		}

	}

}
