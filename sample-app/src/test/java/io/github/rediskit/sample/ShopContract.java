package io.github.rediskit.sample;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.github.rediskit.cache.Caches;
import io.github.rediskit.sample.catalog.Availability.InStock;
import io.github.rediskit.sample.catalog.Category;
import io.github.rediskit.sample.catalog.CategorySummary;
import io.github.rediskit.sample.catalog.Product;
import io.github.rediskit.sample.catalog.ProductPage;
import io.github.rediskit.sample.orders.NewOrder;
import io.github.rediskit.sample.orders.Order;
import io.github.rediskit.sample.search.SearchAllowance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the shop does, seen from outside, whichever Redis it runs with.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "shop.product-load-delay=0", "shop.dispatch-every=1d" })
@AutoConfigureRestTestClient
abstract class ShopContract {

	@Autowired
	private RestTestClient client;

	@BeforeEach
	void emptyTheCaches(@Autowired Caches caches) {
		caches.cache("products", Product.class).invalidateAll();
		caches.cache("product-pages", ProductPage.class).invalidateAll();
		caches.cache("orders", Order.class).invalidateAll();
	}

	@Test
	void firstCallIsAnsweredByTheDatabaseAndTheSecondByTheCache() {
		Product loaded = product(42, "database");
		assertThat(product(42, "cache")).isEqualTo(loaded);
	}

	@Test
	void answerSaysHowLongItTook() {
		get("/api/products/42").expectHeader()
			.value("X-Took-Micros", (micros) -> assertThat(Long.parseLong(micros)).isPositive());
	}

	@Test
	void changedPriceIsSeenAtOnce() {
		product(43, "database");
		BigDecimal price = new BigDecimal("12.34");
		changePrice(43, price).expectStatus().isOk();
		assertThat(product(43, "cache").price()).isEqualTo(price);
	}

	@Test
	void changedPriceOfAnUnknownProductIsNotFound() {
		changePrice(999_999, BigDecimal.ONE).expectStatus().isNotFound();
	}

	@Test
	void changedPriceLeavesOtherProductsInTheCache() {
		product(44, "database");
		changePrice(45, BigDecimal.TEN).expectStatus().isOk();
		product(44, "cache");
	}

	@Test
	void changedPricesOfACategoryAreSeenAtOnceAndOtherCategoriesStayInTheCache() {
		Product kitchen = firstOf(Category.KITCHEN);
		Product garden = firstOf(Category.GARDEN);
		CategorySummary changed = body(changePrices(Category.KITCHEN, 10), CategorySummary.class);
		assertThat(changed).isEqualTo(new CategorySummary(Category.KITCHEN, 250));
		assertThat(product(kitchen.id(), "database").price())
			.isEqualTo(kitchen.price().multiply(new BigDecimal("1.1")).setScale(2, RoundingMode.HALF_UP));
		assertThat(product(garden.id(), "cache")).isEqualTo(garden);
	}

	@Test
	void pricesOfACategoryChangeWithinBounds() {
		changePrices(Category.KITCHEN, 51).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("'percent' must be from -50 to 50");
	}

	@Test
	void productsOfAnOrderAreLoadedTogetherAndAreThoseThatAreAskedForOneByOne() {
		List<Product> products = productsOf(11, "database");
		assertThat(products).extracting(Product::id).containsExactlyElementsOf(order(11, "cache").productIds());
		products.forEach((product) -> assertThat(product(product.id(), "cache")).isEqualTo(product));
		assertThat(productsOf(11, "cache")).isEqualTo(products);
	}

	@Test
	void productsOfAnUnknownOrderAreNotFound() {
		get("/api/orders/999999/products").expectStatus().isNotFound();
	}

	@Test
	void productsThatAreNearlySoldOutAreKeptForAMinute(@Autowired StringRedisTemplate redis) {
		long id = inStock(400);
		Product product = product(id, "cache");
		place(new NewOrder("cobalt12", List.of(new NewOrder.Item(id, stock(product) - 1))));
		product(id, "database");
		assertThat(redis.getExpire("shop:cache:products:{" + id + "}")).isBetween(1L, 60L);
	}

	@Test
	void priceMustBeAboveZero() {
		changePrice(42, BigDecimal.ZERO).expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("'price' must be above 0 and at most 99999.99");
	}

	@Test
	void unknownProductIsNotFound() {
		get("/api/products/999999").expectStatus()
			.isNotFound()
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("There is no product 999999");
	}

	@Test
	void thatThereIsNoSuchProductIsCached(@Autowired StringRedisTemplate redis) {
		get("/api/products/999998").expectStatus().isNotFound();
		assertThat(redis.getExpire("shop:cache:products:{999998}")).isBetween(1L, 30L);
	}

	@Test
	void pageOfACategoryIsCachedByAllArguments() {
		ProductPage first = page(0, "database");
		assertThat(first.products()).hasSize(50);
		assertThat(first.pages()).isEqualTo(5);
		assertThat(page(0, "cache")).isEqualTo(first);
		assertThat(page(1, "database").products()).doesNotContainAnyElementsOf(first.products());
	}

	@Test
	void laterPagesAreNotCached() {
		page(3, "database");
		page(3, "database");
	}

	@Test
	void categoriesAreCachedWithoutAnArgument() {
		List<CategorySummary> categories = categories(get("/api/categories"));
		assertThat(categories).hasSize(12).allMatch((summary) -> summary.products() == 250);
		assertThat(categories(answeredBy("cache", get("/api/categories")))).isEqualTo(categories);
	}

	@Test
	void orderIsAnsweredByTheDatabaseAndThenByTheCache() {
		Order loaded = order(7, "database");
		assertThat(loaded.lines()).isNotEmpty();
		assertThat(order(7, "cache")).isEqualTo(loaded);
	}

	@Test
	void thatThereIsNoSuchOrderIsCachedUntilThereIs() {
		long next = place(new NewOrder("fern21", List.of(new NewOrder.Item(inStock(100), 1)))).id() + 1;
		answeredBy("database", get("/api/orders/" + next)).expectStatus().isNotFound();
		answeredBy("cache", get("/api/orders/" + next)).expectStatus().isNotFound();
		Order placed = place(new NewOrder("jade34", List.of(new NewOrder.Item(inStock(101), 1))));
		assertThat(placed.id()).isEqualTo(next);
		assertThat(order(next, "database")).isEqualTo(placed);
	}

	@Test
	void orderTakesItsProductsFromStockAndThatIsSeenAtOnce() {
		long first = inStock(200);
		long second = inStock(first + 1);
		int before = stock(product(first, "cache"));
		product(second, "cache");
		place(new NewOrder("basil55", List.of(new NewOrder.Item(second, 1), new NewOrder.Item(first, 1))));
		assertThat(stock(product(first, "database"))).isEqualTo(before - 1);
		product(second, "database");
	}

	@Test
	void orderIsCancelledOnce() {
		Order placed = place(new NewOrder("grove61", List.of(new NewOrder.Item(inStock(600), 1))));
		order(placed.id(), "database");
		cancel(placed.id()).expectStatus().isNoContent();
		assertThat(order(placed.id(), "database").status()).isEqualTo(Order.Status.CANCELLED);
		cancel(placed.id()).expectStatus().isEqualTo(HttpStatus.CONFLICT);
	}

	@Test
	void orderOfMoreThanThereIsChangesNothing() {
		long first = inStock(300);
		long second = inStock(first + 1);
		Product before = product(first, "cache");
		NewOrder order = new NewOrder("ember77",
				List.of(new NewOrder.Item(first, 1), new NewOrder.Item(second, 100_000)));
		this.client.post().uri("/api/orders").body(order).exchange().expectStatus().isEqualTo(HttpStatus.CONFLICT);
		assertThat(product(first, "cache")).isEqualTo(before);
	}

	@Test
	void searchFindsProductsByAPartOfTheirNames() {
		Product product = body(get("/api/products/42"), Product.class);
		String text = product.name().toUpperCase(Locale.ROOT);
		assertThat(body(search("grace", text), Product[].class)).contains(product);
	}

	@Test
	void visitorWhoSearchesTooOftenIsToldWhenToComeBackAndOthersAreNotConcerned(@Autowired SearchAllowance allowance) {
		allowance.giveBack("ada");
		for (int i = 0; i < 2; i++) { // short texts cost five
			search("ada", "la").expectStatus().isOk().expectHeader().exists("RateLimit-Policy");
		}
		search("ada", "la").expectStatus()
			.isEqualTo(HttpStatus.TOO_MANY_REQUESTS)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectHeader()
			.value("Retry-After", (seconds) -> assertThat(Integer.parseInt(seconds)).isBetween(1, 5))
			.expectBody()
			.jsonPath("$.violated-policies[0]")
			.isEqualTo("search-1s");
		search("grace", "la").expectStatus().isOk();
	}

	@Test
	void bucketIsSeenWithoutBeingTouchedAndGivenBack(@Autowired SearchAllowance allowance) {
		allowance.giveBack("mary");
		search("mary", "l").expectStatus().isOk();
		assertThat(allowance.of("mary").searches()).isBetween(5L, 9L);
		this.client.delete().uri("/api/search/allowance?visitor=mary").exchange().expectStatus().isNoContent();
		get("/api/search/allowance?visitor=mary").expectBody().json("""
				{ "searches": 10, "of": 10, "fullAfter": "PT0S" }""");
	}

	@Test
	void everyCallOfTheApiCountsForItsAddress() {
		get("/api/categories").expectHeader().value("RateLimit-Policy", (policy) -> assertThat(policy).contains("api"));
	}

	@Test
	void pageIsServed() {
		get("/").expectStatus()
			.isOk()
			.expectHeader()
			.contentTypeCompatibleWith(MediaType.TEXT_HTML)
			.expectBody(String.class)
			.value((html) -> assertThat(html).contains("<title>Rediskit sample shop</title>"));
		get("/shop.js").expectStatus().isOk();
		get("/shop.css").expectStatus().isOk();
		get("/limits.html").expectStatus().isOk();
		get("/limits.js").expectStatus().isOk();
	}

	private ResponseSpec get(String path) {
		return this.client.get().uri(path).exchange();
	}

	private ResponseSpec cancel(long id) {
		return this.client.post().uri("/api/orders/{id}/cancellation", id).exchange();
	}

	private ResponseSpec search(String visitor, String text) {
		return this.client.get().uri("/api/search?visitor={visitor}&text={text}", visitor, text).exchange();
	}

	private ResponseSpec answeredBy(String expected, ResponseSpec response) {
		return response.expectHeader().valueEquals("X-Answered-By", expected);
	}

	private <T> T body(ResponseSpec response, Class<T> type) {
		return response.expectStatus().is2xxSuccessful().expectBody(type).returnResult().getResponseBody();
	}

	private Product product(long id, String answeredBy) {
		return body(answeredBy(answeredBy, get("/api/products/" + id)), Product.class);
	}

	private List<Product> productsOf(long order, String answeredBy) {
		return answeredBy(answeredBy, get("/api/orders/" + order + "/products"))
			.expectBody(new ParameterizedTypeReference<List<Product>>() {
			})
			.returnResult()
			.getResponseBody();
	}

	/** It is in the cache then. */
	private Product firstOf(Category category) {
		ProductPage page = body(get("/api/products?category=" + category), ProductPage.class);
		return body(get("/api/products/" + page.products().get(0).id()), Product.class);
	}

	private ProductPage page(int page, String answeredBy) {
		return body(answeredBy(answeredBy, get("/api/products?category=GARDEN&page=" + page)), ProductPage.class);
	}

	private List<CategorySummary> categories(ResponseSpec response) {
		return response.expectBody(new ParameterizedTypeReference<List<CategorySummary>>() {
		}).returnResult().getResponseBody();
	}

	private Order order(long id, String answeredBy) {
		return body(answeredBy(answeredBy, get("/api/orders/" + id)), Order.class);
	}

	private ResponseSpec changePrice(long id, BigDecimal price) {
		return this.client.put().uri("/api/products/{id}/price", id).body(Map.of("price", price)).exchange();
	}

	private ResponseSpec changePrices(Category category, int percent) {
		return this.client.post()
			.uri("/api/categories/{category}/price-change", category)
			.body(Map.of("percent", percent))
			.exchange();
	}

	private Order place(NewOrder order) {
		return body(answeredBy("database", this.client.post().uri("/api/orders").body(order).exchange()), Order.class);
	}

	/** The first product from a number on that can be had. It is in the cache then. */
	private long inStock(long from) {
		long id = from;
		while (!(body(get("/api/products/" + id), Product.class).availability() instanceof InStock)) {
			id++;
		}
		return id;
	}

	private int stock(Product product) {
		return (product.availability() instanceof InStock inStock) ? inStock.quantity() : 0;
	}

}
