package io.github.rediskit.sample.orders;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.rediskit.jdbc.FencedUpdates;
import io.github.rediskit.lock.LockContext;
import io.github.rediskit.sample.catalog.Product;
import io.github.rediskit.sample.catalog.ProductStore;
import io.github.rediskit.sample.probe.AnswerProbe;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Orders in the database. Every method is one transaction.
 */
@Service
@Transactional
class OrderStore {

	private final OrderRepository orders;

	private final ProductStore products;

	private final FencedUpdates fenced;

	private final AnswerProbe probe;

	OrderStore(OrderRepository orders, ProductStore products, FencedUpdates fenced, AnswerProbe probe) {
		this.orders = orders;
		this.products = products;
		this.fenced = fenced;
		this.probe = probe;
	}

	@Transactional(readOnly = true)
	public Optional<Order> load(long id) {
		this.probe.databaseAsked();
		return this.orders.findById(id);
	}

	public Order place(NewOrder order) {
		// Always in the same sequence, so that two orders can't wait for each other.
		List<Order.Line> lines = order.items()
			.stream()
			.sorted(Comparator.comparingLong(NewOrder.Item::productId))
			.map(this::take)
			.toList();
		Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
		return this.orders.save(new Order(null, order.customer(), Order.Status.PLACED, now, lines));
	}

	/**
	 * The orders that wait longest for being shipped.
	 */
	@Transactional(readOnly = true)
	public List<Long> oldestPlaced() {
		return this.orders.findOldestPlaced();
	}

	/**
	 * Gives an order that was placed another status. The row takes the lock's fence
	 * first: from then on a holder who was paused for so long that this one has the lock
	 * changes nothing, and what is read is not changed by him.
	 * @param id the order number
	 * @param status the status
	 * @param lock the lock of the order
	 * @return whether it was in time
	 */
	public boolean advance(long id, Order.Status status, LockContext lock) {
		if (!this.orders.existsById(id)) {
			return false;
		}
		this.fenced.update(lock, "update orders set fence = :fence where id = :id and fence <= :fence",
				Map.of("id", id));
		return this.orders.advance(id, status.name());
	}

	private Order.Line take(NewOrder.Item item) {
		Product product = this.products.takeFromStock(item.productId(), item.quantity());
		return new Order.Line(product.id(), product.name(), item.quantity(), product.price());
	}

}
