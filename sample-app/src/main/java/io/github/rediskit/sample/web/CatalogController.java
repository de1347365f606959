package io.github.rediskit.sample.web;

import java.math.BigDecimal;
import java.util.List;

import io.github.rediskit.sample.catalog.CatalogService;
import io.github.rediskit.sample.catalog.Category;
import io.github.rediskit.sample.catalog.CategorySummary;
import io.github.rediskit.sample.catalog.Product;
import io.github.rediskit.sample.catalog.ProductNotFoundException;
import io.github.rediskit.sample.catalog.ProductPage;
import io.github.rediskit.sample.feed.ProductFeed;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api")
class CatalogController {

	private final CatalogService catalog;

	private final ProductFeed feed;

	CatalogController(CatalogService catalog, ProductFeed feed) {
		this.catalog = catalog;
		this.feed = feed;
	}

	@GetMapping("/products/{id}")
	Product product(@PathVariable long id) {
		return this.catalog.product(id).orElseThrow(() -> new ProductNotFoundException(id));
	}

	@GetMapping("/products")
	ProductPage products(@RequestParam Category category, @RequestParam(defaultValue = "0") int page) {
		return this.catalog.products(category, Math.max(page, 0));
	}

	@GetMapping("/categories")
	List<CategorySummary> categories() {
		return this.catalog.categories();
	}

	@PutMapping("/products/{id}/price")
	Product changePrice(@PathVariable long id, @RequestBody NewPrice newPrice) {
		Product product = this.catalog.changePrice(id, newPrice.price());
		this.feed.repriced(product);
		return product;
	}

	@PostMapping("/categories/{category}/price-change")
	CategorySummary changePrices(@PathVariable Category category, @RequestBody PriceChange change) {
		return new CategorySummary(category, this.catalog.changePrices(category, change.percent()));
	}

	record PriceChange(int percent) {

		PriceChange {
			if (percent < -50 || percent > 50) {
				throw new IllegalArgumentException("'percent' must be from -50 to 50");
			}
		}

	}

	record NewPrice(BigDecimal price) {

		private static final BigDecimal HIGHEST = new BigDecimal("99999.99");

		NewPrice {
			if (price == null || price.signum() <= 0 || price.compareTo(HIGHEST) > 0) {
				throw new IllegalArgumentException("'price' must be above 0 and at most " + HIGHEST);
			}
		}

	}

}
