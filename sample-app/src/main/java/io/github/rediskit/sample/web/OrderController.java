package io.github.rediskit.sample.web;

import java.net.URI;
import java.util.Collection;

import io.github.rediskit.sample.catalog.CatalogService;
import io.github.rediskit.sample.catalog.Product;
import io.github.rediskit.sample.feed.ProductFeed;
import io.github.rediskit.sample.orders.NewOrder;
import io.github.rediskit.sample.orders.Order;
import io.github.rediskit.sample.orders.OrderService;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/orders")
class OrderController {

	private final OrderService orders;

	private final CatalogService catalog;

	private final ProductFeed feed;

	OrderController(OrderService orders, CatalogService catalog, ProductFeed feed) {
		this.orders = orders;
		this.catalog = catalog;
		this.feed = feed;
	}

	@GetMapping("/{id}")
	ResponseEntity<Order> order(@PathVariable long id) {
		return ResponseEntity.of(this.orders.order(id));
	}

	/** The products of an order as they are today, for who wants to order them again. */
	@GetMapping("/{id}/products")
	ResponseEntity<Collection<Product>> products(@PathVariable long id) {
		return ResponseEntity
			.of(this.orders.order(id).map((order) -> this.catalog.products(order.productIds()).values()));
	}

	@PostMapping("/{id}/cancellation")
	ResponseEntity<Void> cancel(@PathVariable long id) {
		boolean cancelled = this.orders.cancel(id, null);
		return ResponseEntity.status(cancelled ? HttpStatus.NO_CONTENT : HttpStatus.CONFLICT).build();
	}

	@PostMapping
	ResponseEntity<Order> place(@RequestBody NewOrder order) {
		Order placed = this.orders.place(order);
		placed.lines().forEach(this.feed::sold);
		return ResponseEntity.created(URI.create("/api/orders/" + placed.id())).body(placed);
	}

}
