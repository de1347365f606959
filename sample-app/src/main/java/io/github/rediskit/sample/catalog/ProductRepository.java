package io.github.rediskit.sample.catalog;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

interface ProductRepository extends Repository<ProductRow, Long> {

	Optional<ProductRow> findById(long id);

	List<ProductRow> findByIdIn(Collection<Long> ids);

	List<ProductRow> findTop10ByNameContainingIgnoreCaseOrderByNameAscIdAsc(String text);

	Page<ProductRow> findByCategory(Category category, Pageable page);

	@Query("select category, count(*) as products from product group by category order by category")
	List<CategorySummary> countByCategory();

	@Modifying
	@Query("update product set price = :price, updated_at = :now where id = :id")
	void changePrice(long id, BigDecimal price, Instant now);

	@Modifying
	@Query("""
			update product set price = least(greatest(price * (100 + :percent) / 100, 0.01), 99999.99), updated_at = :now
			where category = :category""")
	int changePrices(Category category, int percent, Instant now);

	@Modifying
	@Query("""
			update product set stock = stock - :quantity, updated_at = :now
			where id = :id and stock >= :quantity""")
	boolean takeFromStock(long id, int quantity, Instant now);

}
