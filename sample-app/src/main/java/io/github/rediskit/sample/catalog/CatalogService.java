package io.github.rediskit.sample.catalog;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.ReadThroughCache;

import org.springframework.stereotype.Service;

/**
 * The catalog, with a cache in front of the database.
 * <p>
 * The annotations stand here and not on {@link ProductStore}, so that the transaction has
 * ended before an entry is dropped. Dropped earlier, another caller could load the old
 * price in between, and it would be kept.
 */
@Service
public class CatalogService {

	private final ProductStore store;

	private final ReadThroughCache<Long, Product> products;

	CatalogService(ProductStore store, Caches caches) {
		this.store = store;
		this.products = caches.cache("products", Product.class);
	}

	@Cached(value = "products", key = "#id")
	public Product product(long id) {
		return this.store.load(id);
	}

	/**
	 * Without a key all arguments are the key. Hardly anybody turns so many pages that
	 * later ones are worth their memory.
	 */
	@Cached(value = "product-pages", condition = "#page < 3")
	public ProductPage products(Category category, int page) {
		return this.store.page(category, page);
	}

	@Cached("categories")
	public List<CategorySummary> categories() {
		return this.store.categories();
	}

	@CacheInvalidate(value = "products", key = "#id")
	public Product changePrice(long id, BigDecimal price) {
		return this.store.changePrice(id, price);
	}

	/**
	 * The same entries, reached without an annotation: for as many products as there are.
	 * @param ids the products whose stock has changed
	 */
	public void stockChanged(Collection<Long> ids) {
		ids.forEach(this.products::invalidate);
	}

}
