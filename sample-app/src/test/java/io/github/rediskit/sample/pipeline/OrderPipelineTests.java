package io.github.rediskit.sample.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.github.rediskit.sample.pipeline.Journal.Entry;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Orders that are billed, one that can't be, and the e-mails about them.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "shop.dispatch-every=1d", "shop.mail-delay=1s",
				"rediskit.messaging.streams.orders.backoff=100ms" })
@AutoConfigureRestTestClient
class OrderPipelineTests {

	@Autowired
	private RestTestClient client;

	@Test
	void anOrderIsBilledAndAnEmailIsSentLater() {
		place("1", "lamp");
		await().untilAsserted(() -> assertThat(texts("mailed")).contains("ada: Thank you for ordering lamp"));
		Instant billed = first("billed", "order 1").at();
		Instant mailed = first("mailed", "ordering lamp").at();
		// the queue has its time from Redis, in another process of this machine
		assertThat(Duration.between(billed, mailed)).isGreaterThan(Duration.ofMillis(900));
	}

	@Test
	void aPoisonOrderIsSetAsideKeepsNobodyWaitingAndIsReplayed() {
		place("13", "poison");
		place("14", "chair");
		await().untilAsserted(() -> assertThat(texts("billed")).anyMatch((text) -> text.startsWith("order 14 ")));
		await().atMost(Duration.ofSeconds(30)).until(() -> state().deadLetters().size() == 1);
		OrderPipeline.DeadLetter letter = state().deadLetters().get(0);
		assertThat(letter.payload()).contains("\"13\"");
		assertThat(letter.attempts()).isEqualTo("3");
		assertThat(letter.error()).contains("No price is known of poison");
		assertThat(texts("failed")).hasSize(3);
		this.client.put()
			.uri("/api/pipeline/release")
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("bugFixed", true))
			.exchange()
			.expectStatus()
			.isNoContent();
		this.client.post().uri("/api/pipeline/replay").exchange().expectBody().jsonPath("$.orders").isEqualTo(1);
		await().untilAsserted(() -> assertThat(texts("billed")).anyMatch((text) -> text.startsWith("order 13 ")));
		assertThat(state().deadLetters()).isEmpty();
	}

	private void place(String number, String article) {
		this.client.post()
			.uri("/api/pipeline/orders")
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("number", number, "customer", "ada", "article", article))
			.exchange()
			.expectStatus()
			.isAccepted();
	}

	private OrderPipeline.State state() {
		return this.client.get()
			.uri("/api/pipeline")
			.exchange()
			.expectBody(OrderPipeline.State.class)
			.returnResult()
			.getResponseBody();
	}

	private List<String> texts(String what) {
		return state().events().stream().filter((entry) -> entry.what().equals(what)).map(Entry::text).toList();
	}

	private Entry first(String what, String text) {
		return state().events()
			.stream()
			.filter((entry) -> entry.what().equals(what) && entry.text().contains(text))
			.findFirst()
			.orElseThrow();
	}

}
