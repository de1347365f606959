package io.github.rediskit.sample.catalog;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.rediskit.sample.probe.AnswerProbe;

import org.springframework.data.domain.Page;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The catalog in the database. Every method is one transaction, or part of the caller's.
 */
@Service
@Transactional
public class ProductStore {

	private static final int PAGE_SIZE = 50;

	private final ProductRepository products;

	private final CatalogProperties properties;

	private final AnswerProbe probe;

	ProductStore(ProductRepository products, CatalogProperties properties, AnswerProbe probe) {
		this.products = products;
		this.properties = properties;
		this.probe = probe;
	}

	@Transactional(readOnly = true)
	public Optional<Product> load(long id) {
		expensive();
		return find(id);
	}

	@Transactional(readOnly = true)
	public Map<Long, Product> loadAll(Collection<Long> ids) {
		expensive();
		this.probe.databaseAsked();
		return this.products.findByIdIn(ids)
			.stream()
			.map(ProductRow::toProduct)
			.collect(Collectors.toMap(Product::id, Function.identity()));
	}

	/**
	 * Stands for what makes a query expensive in a real shop: joins, price rules, a
	 * distant database.
	 */
	private void expensive() {
		LockSupport.parkNanos(this.properties.productLoadDelay().toNanos());
	}

	/**
	 * The first products whose name contains a text.
	 * @param text the text, in whichever case
	 * @return at most ten, in the order of their names
	 */
	@Transactional(readOnly = true)
	public List<Product> named(String text) {
		this.probe.databaseAsked();
		return this.products.findTop10ByNameContainingIgnoreCaseOrderByNameAscIdAsc(text)
			.stream()
			.map(ProductRow::toProduct)
			.toList();
	}

	@Transactional(readOnly = true)
	public ProductPage page(Category category, int page) {
		this.probe.databaseAsked();
		Page<ProductRow> rows = this.products.findByCategory(category,
				PageRequest.of(page, PAGE_SIZE, Sort.by("name", "id")));
		return new ProductPage(category, page, rows.getTotalPages(),
				rows.map((row) -> new ProductPage.Entry(row.id(), row.name())).getContent());
	}

	@Transactional(readOnly = true)
	public List<CategorySummary> categories() {
		this.probe.databaseAsked();
		return this.products.countByCategory();
	}

	public Product changePrice(long id, BigDecimal price) {
		this.products.changePrice(id, price, Instant.now());
		return get(id);
	}

	public int changePrices(Category category, int percent) {
		this.probe.databaseAsked();
		return this.products.changePrices(category, percent, Instant.now());
	}

	/**
	 * Take some of a product off the shelf.
	 * @param id the product number
	 * @param quantity how many to take
	 * @return the product as it is afterwards
	 * @throws OutOfStockException if there are fewer
	 */
	public Product takeFromStock(long id, int quantity) {
		boolean taken = this.products.takeFromStock(id, quantity, Instant.now());
		Product product = get(id);
		if (!taken) {
			throw new OutOfStockException(product, quantity);
		}
		return product;
	}

	private Product get(long id) {
		return find(id).orElseThrow(() -> new ProductNotFoundException(id));
	}

	private Optional<Product> find(long id) {
		this.probe.databaseAsked();
		return this.products.findById(id).map(ProductRow::toProduct);
	}

}
