package io.github.rediskit.sample.web;

import io.github.rediskit.sample.feed.ProductFeed;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@RestController
class FeedController {

	private final ProductFeed feed;

	FeedController(ProductFeed feed) {
		this.feed = feed;
	}

	@GetMapping(path = "/api/feed", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter changes() {
		return this.feed.connect();
	}

}
