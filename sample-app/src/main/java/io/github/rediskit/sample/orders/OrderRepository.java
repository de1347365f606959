package io.github.rediskit.sample.orders;

import java.util.Optional;

import org.springframework.data.repository.Repository;

interface OrderRepository extends Repository<Order, Long> {

	Optional<Order> findById(long id);

	Order save(Order order);

}
