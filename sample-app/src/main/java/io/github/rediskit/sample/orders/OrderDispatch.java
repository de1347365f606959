package io.github.rediskit.sample.orders;

import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.lock.IfHeld;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/**
 * Ships what was ordered. Each instance of the shop has this job; the lock lets one of
 * them run it, and for a while nobody else.
 */
@Service
public class OrderDispatch {

	private final OrderStore store;

	private final OrderService orders;

	OrderDispatch(OrderStore store, OrderService orders) {
		this.store = store;
		this.orders = orders;
	}

	@Scheduled(initialDelayString = "${shop.dispatch-every}", fixedRateString = "${shop.dispatch-every}")
	@DistributedLock(value = "dispatch", ifHeld = IfHeld.SKIP, atLeast = "5s")
	public void dispatch() {
		this.store.oldestPlaced().forEach((id) -> this.orders.ship(id, null));
	}

}
