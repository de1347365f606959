package io.github.rediskit.sample.scores;

import java.util.List;
import java.util.Map;

import io.github.rediskit.structures.Rank;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The scoreboard, seen from outside.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "shop.dispatch-every=1d")
@AutoConfigureRestTestClient
class ScoreboardTests {

	@Autowired
	private RestTestClient client;

	@Test
	void pointsCountForTodayTheWeekAndAllTime() {
		Map.of("ada", 3, "bob", 2, "cleo", 2, "dan", 1).forEach(this::earn);
		earn("dan", 1);
		for (String span : List.of("TODAY", "WEEK", "SEVEN_DAYS", "ALL_TIME")) {
			assertThat(ranks("?span=" + span)).as(span).extracting(Rank::position).containsExactly(1L, 2L, 2L, 2L);
			assertThat(ranks("/customers/ada/around?span=" + span)).as(span).hasSize(4);
		}
		this.client.delete().uri("/api/leaderboard/customers/ada").exchange().expectStatus().isNoContent();
		this.client.get().uri("/api/leaderboard/customers/ada").exchange().expectStatus().isNotFound();
		this.client.get()
			.uri("/api/leaderboard/customers/bob")
			.exchange()
			.expectBody(Rank.class)
			.isEqualTo(new Rank("bob", 2, 1));
	}

	@Test
	void pointsThatCannotBeMeantAreRefusedWithASentence() {
		this.client.post()
			.uri("/api/leaderboard/customers/ada/points")
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("points", 0))
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("'points' must be from 1 to 1000");
	}

	@Test
	void thisShopIsOpen() {
		await().untilAsserted(() -> this.client.get()
			.uri("/api/leaderboard/shops")
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.OK)
			.expectBody()
			.jsonPath("$[*].pid")
			.isEqualTo(String.valueOf(ProcessHandle.current().pid())));
	}

	private void earn(String customer, int points) {
		this.client.post()
			.uri("/api/leaderboard/customers/{customer}/points", customer)
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("points", points))
			.exchange()
			.expectStatus()
			.isNoContent();
	}

	private List<Rank> ranks(String path) {
		return this.client.get()
			.uri("/api/leaderboard" + path)
			.exchange()
			.expectBody(new ParameterizedTypeReference<List<Rank>>() {
			})
			.returnResult()
			.getResponseBody();
	}

}
