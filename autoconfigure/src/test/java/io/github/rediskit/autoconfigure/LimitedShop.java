package io.github.rediskit.autoconfigure;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimited;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The application whose requests are limited, the same on servlets and on WebFlux.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ LimitedShop.Api.class, LimitedShop.Services.class, LimitedShop.Own.class, LimitedShop.Service.class })
class LimitedShop {

	@RestController
	static class Api {

		final AtomicInteger calls = new AtomicInteger();

		final Map<String, CompletableFuture<String>> running = new ConcurrentHashMap<>();

		@RequestMapping("/api/**")
		String any() {
			this.calls.incrementAndGet();
			return "ok";
		}

		@GetMapping("/api/search/later")
		CompletableFuture<String> later() {
			return CompletableFuture.supplyAsync(() -> "later");
		}

		@GetMapping("/api/search/broken")
		String broken() {
			throw new IllegalStateException("broken on purpose");
		}

		@GetMapping("/api/busy")
		CompletableFuture<String> busy(@RequestParam String id) {
			return this.running.computeIfAbsent(id, (unknown) -> new CompletableFuture<>());
		}

		@CrossOrigin("https://shop.example")
		@GetMapping("/api/cors/annotated")
		String annotated() {
			return "ok";
		}

	}

	/** Limited by annotations alone. */
	@RestController
	@RequestMapping("/service")
	static class Services {

		private final Service service;

		Services(Service service) {
			this.service = service;
		}

		@GetMapping("/plain")
		String plain(@RequestParam String key) {
			return this.service.plain(key);
		}

		@GetMapping("/mono")
		Mono<String> mono(@RequestParam String key) {
			return this.service.mono(key);
		}

		@GetMapping("/future")
		CompletableFuture<String> future(@RequestParam String key) {
			return this.service.future(key);
		}

		@GetMapping("/closed")
		String closed(@RequestParam String key) {
			return this.service.closed(key);
		}

	}

	static class Service {

		@RateLimited(value = "plain", key = "#key", limit = 1, period = "1h")
		String plain(String key) {
			return "plain";
		}

		@RateLimited(value = "mono", key = "#key", limit = 1, period = "1h")
		Mono<String> mono(String key) {
			return Mono.just("mono");
		}

		@RateLimited(value = "future", key = "#key", limit = 1, period = "1h")
		CompletableFuture<String> future(String key) {
			return CompletableFuture.supplyAsync(() -> "future");
		}

		@RateLimited(value = "strict", key = "#key")
		String closed(String key) {
			return "closed";
		}

	}

	/** Says itself what a refusal is. */
	@RestController
	static class Own {

		private final Service service;

		Own(Service service) {
			this.service = service;
		}

		@GetMapping("/own")
		String own(@RequestParam String key) {
			return this.service.plain(key);
		}

		@ExceptionHandler
		ResponseEntity<String> refused(RateLimitExceededException ex) {
			return ResponseEntity.status(420).body("calm down");
		}

	}

}
