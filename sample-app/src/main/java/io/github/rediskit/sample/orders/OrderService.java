package io.github.rediskit.sample.orders;

import java.util.Optional;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.lock.LockContext;
import io.github.rediskit.sample.catalog.CatalogService;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;

/**
 * Orders, with a cache in front of the database.
 */
@Service
public class OrderService {

	private final OrderStore store;

	private final CatalogService catalog;

	OrderService(OrderStore store, CatalogService catalog) {
		this.store = store;
		this.catalog = catalog;
	}

	/**
	 * That there is no such order is an answer worth keeping too, for a short while
	 * ({@code null-ttl}): asking for numbers at random does not reach the database twice.
	 */
	@Cached(value = "orders", key = "#id")
	public Optional<Order> order(long id) {
		return this.store.load(id);
	}

	/**
	 * Somebody may have asked for this number before it was given.
	 */
	@CacheInvalidate(value = "orders", key = "#result.id")
	public Order place(NewOrder order) {
		Order placed = this.store.place(order);
		this.catalog.stockChanged(placed.lines().stream().map(Order.Line::productId).toList());
		return placed;
	}

	/**
	 * Ships an order, unless it was cancelled. Whoever ships or cancels it waits for
	 * others who do: the lock is released after the commit.
	 * @param id the order number
	 * @param lock filled in
	 * @return whether it was shipped now
	 */
	@DistributedLock(value = "order", key = "#id")
	@CacheInvalidate(value = "orders", key = "#id")
	public boolean ship(long id, @Nullable LockContext lock) {
		return this.store.advance(id, Order.Status.SHIPPED, lock);
	}

	/**
	 * Cancels an order, unless it was shipped.
	 * @param id the order number
	 * @param lock filled in
	 * @return whether it was cancelled now
	 */
	@DistributedLock(value = "order", key = "#id", maxWait = "2s")
	@CacheInvalidate(value = "orders", key = "#id")
	public boolean cancel(long id, @Nullable LockContext lock) {
		return this.store.advance(id, Order.Status.CANCELLED, lock);
	}

}
