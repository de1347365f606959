package io.github.rediskit.sample.web;

import io.github.rediskit.sample.pipeline.OrderPipeline;
import io.github.rediskit.sample.pipeline.PlacedOrder;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/pipeline")
class PipelineController {

	private final OrderPipeline pipeline;

	PipelineController(OrderPipeline pipeline) {
		this.pipeline = pipeline;
	}

	@GetMapping
	OrderPipeline.State state() {
		return this.pipeline.state();
	}

	@PostMapping("/orders")
	@ResponseStatus(HttpStatus.ACCEPTED)
	Accepted place(@RequestBody NewPipelineOrder order) {
		return new Accepted(this.pipeline.place(new PlacedOrder(order.number(), order.customer(), order.article())));
	}

	@PostMapping("/replay")
	Replayed replay() {
		return new Replayed(this.pipeline.replay());
	}

	@PutMapping("/release")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void release(@RequestBody Release release) {
		this.pipeline.fixBug(release.bugFixed());
	}

	record Accepted(String id) {
	}

	record Replayed(long orders) {
	}

	record Release(boolean bugFixed) {
	}

	record NewPipelineOrder(String number, String customer, String article) {

		NewPipelineOrder {
			check("number", number);
			check("customer", customer);
			check("article", article);
		}

		private static void check(String name, String value) {
			if (value == null || value.isBlank() || value.length() > 40) {
				throw new IllegalArgumentException("'%s' must have 1 to 40 characters".formatted(name));
			}
		}

	}

}
