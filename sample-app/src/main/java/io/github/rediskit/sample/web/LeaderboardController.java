package io.github.rediskit.sample.web;

import java.util.List;
import java.util.Map;

import io.github.rediskit.sample.scores.OpenShops;
import io.github.rediskit.sample.scores.Scoreboard;
import io.github.rediskit.sample.scores.Scoreboard.Span;
import io.github.rediskit.structures.Rank;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The scoreboard. Who gets points is a part of the path, so that one browser can play
 * several customers; a real shop would give them for orders.
 */
@RestController
@RequestMapping("/api/leaderboard")
class LeaderboardController {

	private static final int SHOWN = 10;

	private static final int NEIGHBOURS = 3;

	private static final int LONGEST_HANDLE = 40;

	private final Scoreboard scores;

	private final OpenShops shops;

	LeaderboardController(Scoreboard scores, OpenShops shops) {
		this.scores = scores;
		this.shops = shops;
	}

	@GetMapping
	List<Rank> top(@RequestParam(defaultValue = "ALL_TIME") Span span) {
		return this.scores.top(span, SHOWN);
	}

	@GetMapping("/customers/{customer}")
	ResponseEntity<Rank> of(@PathVariable String customer, @RequestParam(defaultValue = "ALL_TIME") Span span) {
		return ResponseEntity.of(this.scores.of(span, customer));
	}

	@GetMapping("/customers/{customer}/around")
	List<Rank> around(@PathVariable String customer, @RequestParam(defaultValue = "ALL_TIME") Span span) {
		return this.scores.around(span, customer, NEIGHBOURS);
	}

	@PostMapping("/customers/{customer}/points")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void add(@PathVariable String customer, @RequestBody Points points) {
		if (customer.length() > LONGEST_HANDLE) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"A customer's handle has at most %d characters".formatted(LONGEST_HANDLE));
		}
		this.scores.add(customer, points.points());
	}

	@DeleteMapping("/customers/{customer}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void forget(@PathVariable String customer) {
		this.scores.forget(customer);
	}

	@GetMapping("/shops")
	Map<String, Map<String, String>> shops() {
		return this.shops.all();
	}

	record Points(int points) {

		Points {
			if (points < 1 || points > 1000) {
				throw new IllegalArgumentException("'points' must be from 1 to 1000");
			}
		}

	}

}
