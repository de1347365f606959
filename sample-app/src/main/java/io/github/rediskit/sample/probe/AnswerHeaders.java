package io.github.rediskit.sample.probe;

import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Says on every answer of a controller who gave it and how long that took, just before
 * the body is written: after it headers come too late. Answers to failed calls come from
 * an exception handler and say nothing.
 */
@ControllerAdvice(annotations = RestController.class)
class AnswerHeaders implements ResponseBodyAdvice<Object> {

	private final AnswerProbe probe;

	AnswerHeaders(AnswerProbe probe) {
		this.probe = probe;
	}

	@Override
	public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
		return true;
	}

	@Override
	public Object beforeBodyWrite(Object body, MethodParameter returnType, MediaType contentType,
			Class<? extends HttpMessageConverter<?>> converterType, ServerHttpRequest request,
			ServerHttpResponse response) {
		response.getHeaders().set("X-Answered-By", this.probe.answeredBy());
		response.getHeaders().set("X-Took-Micros", Long.toString(this.probe.took().toNanos() / 1_000));
		return body;
	}

}
