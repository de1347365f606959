package io.github.rediskit.sample.web;

import java.net.URI;

import io.github.rediskit.sample.orders.NewOrder;
import io.github.rediskit.sample.orders.Order;
import io.github.rediskit.sample.orders.OrderService;

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

	OrderController(OrderService orders) {
		this.orders = orders;
	}

	@GetMapping("/{id}")
	ResponseEntity<Order> order(@PathVariable long id) {
		return ResponseEntity.of(this.orders.order(id));
	}

	@PostMapping
	ResponseEntity<Order> place(@RequestBody NewOrder order) {
		Order placed = this.orders.place(order);
		return ResponseEntity.created(URI.create("/api/orders/" + placed.id())).body(placed);
	}

}
