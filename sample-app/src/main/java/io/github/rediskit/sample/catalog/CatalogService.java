package io.github.rediskit.sample.catalog;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.CacheUpdate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.ReadThroughCache;

import org.springframework.stereotype.Service;

/**
 * The catalog, with a cache in front of the database.
 * <p>
 * The annotations stand here and not on {@link ProductStore}, so that the transaction has
 * ended before an entry is replaced or dropped: nobody else sees what is not committed.
 * <p>
 * The methods of the cache {@code products} share its entries, so they say the same of
 * how long an entry lives and which tag it has.
 */
@Service
public class CatalogService {

	/** The last few also go over the counter, where no order is placed. */
	private static final String TTL = "#result.scarce() ? 'PT1M' : 'PT1H'";

	private static final String CATEGORY = "'category:' + #result.category";

	private final ProductStore store;

	private final ReadThroughCache<Long, Product> products;

	CatalogService(ProductStore store, Caches caches) {
		this.store = store;
		this.products = caches.cache("products", Product.class);
	}

	@Cached(value = "products", key = "#id", ttl = TTL, tags = CATEGORY)
	public Optional<Product> product(long id) {
		return this.store.load(id);
	}

	/**
	 * Several products at once. Those that are not cached are loaded by one query; the
	 * entries are those of {@link #product}.
	 * @param ids the product numbers
	 * @return the products that there are, by their numbers
	 */
	@Cached(value = "products", keys = "#ids", ttl = TTL, tags = CATEGORY)
	public Map<Long, Product> products(Collection<Long> ids) {
		return this.store.loadAll(ids);
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

	/**
	 * The next visitor finds the new price in the cache, and nobody loads it.
	 * @param id the product number
	 * @param price the new price
	 * @return the product with its new price
	 */
	@CacheUpdate(value = "products", key = "#id", ttl = TTL, tags = CATEGORY)
	public Product changePrice(long id, BigDecimal price) {
		return this.store.changePrice(id, price);
	}

	/**
	 * Which of a category's products are cached, nobody needs to know.
	 * @param category the category
	 * @param percent by how much its prices rise, or fall if it is negative
	 * @return how many products it has
	 */
	@CacheInvalidate(value = "products", tags = "'category:' + #category")
	public int changePrices(Category category, int percent) {
		return this.store.changePrices(category, percent);
	}

	/**
	 * The same entries, reached without an annotation: for as many products as there are.
	 * @param ids the products whose stock has changed
	 */
	public void stockChanged(Collection<Long> ids) {
		ids.forEach(this.products::invalidate);
	}

}
