package io.github.rediskit.sample.orders;

import java.util.List;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

interface OrderRepository extends Repository<Order, Long> {

	Optional<Order> findById(long id);

	@Query("select id from orders where status = 'PLACED' order by placed_at, id limit 20")
	List<Long> findOldestPlaced();

	boolean existsById(long id);

	@Modifying
	@Query("update orders set status = :status where id = :id and status = 'PLACED'")
	boolean advance(long id, String status);

	Order save(Order order);

}
