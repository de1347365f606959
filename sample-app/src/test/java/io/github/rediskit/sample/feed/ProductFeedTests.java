package io.github.rediskit.sample.feed;

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.rediskit.sample.orders.NewOrder;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two browsers that look at the feed.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "shop.product-load-delay=0", "shop.dispatch-every=1d" })
@AutoConfigureRestTestClient
class ProductFeedTests {

	@Autowired
	private RestTestClient client;

	@LocalServerPort
	private int port;

	@Test
	void everyBrowserIsToldOfPricesAndSales() {
		List<List<String>> browsers = List.of(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
		browsers.forEach(this::connect);
		await().until(() -> browsers.stream().allMatch((lines) -> lines.contains("event:connected")));
		this.client.put()
			.uri("/api/products/50/price")
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("price", new BigDecimal("12.34")))
			.exchange()
			.expectStatus()
			.isOk();
		this.client.post()
			.uri("/api/orders")
			.contentType(MediaType.APPLICATION_JSON)
			.body(new NewOrder("ada", List.of(new NewOrder.Item(51, 2))))
			.exchange()
			.expectStatus()
			.isCreated();
		await().untilAsserted(() -> assertThat(browsers).allSatisfy((lines) -> {
			List<String> changes = lines.stream().filter((line) -> line.startsWith("data:{")).toList();
			assertThat(changes).hasSize(2);
			assertThat(changes.get(0)).contains("\"productId\":50", "\"price\":12.34", "\"sold\":0");
			assertThat(changes.get(1)).contains("\"productId\":51", "\"sold\":2");
		}));
	}

	private void connect(List<String> lines) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/api/feed")).build();
		HttpClient.newHttpClient()
			.sendAsync(request, HttpResponse.BodyHandlers.ofLines())
			.thenAcceptAsync((response) -> response.body().forEach(lines::add));
	}

}
