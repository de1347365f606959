package io.github.rediskit.sample.web;

import java.util.List;

import io.github.rediskit.sample.catalog.Product;
import io.github.rediskit.sample.search.SearchAllowance;
import io.github.rediskit.sample.search.SearchService;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Search. The visitor is a parameter, so that one browser can play several; a real shop
 * would take who is logged in.
 */
@RestController
@RequestMapping("/api/search")
class SearchController {

	private final SearchService search;

	private final SearchAllowance allowance;

	SearchController(SearchService search, SearchAllowance allowance) {
		this.search = search;
		this.allowance = allowance;
	}

	@GetMapping
	List<Product> search(@RequestParam String visitor, @RequestParam String text) {
		return this.search.search(visitor, text.strip());
	}

	@GetMapping("/allowance")
	SearchAllowance.Left allowance(@RequestParam String visitor) {
		return this.allowance.of(visitor);
	}

	@DeleteMapping("/allowance")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void giveBack(@RequestParam String visitor) {
		this.allowance.giveBack(visitor);
	}

}
