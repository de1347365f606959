package io.github.rediskit.web;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * Writes a problem as the response of a servlet.
 */
final class ServletAnswer {

	private ServletAnswer() {
	}

	static void write(RateLimitProblem problem, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		response.resetBuffer();
		ServletFields.write(request, response);
		response.setStatus(problem.status());
		if (problem.retryAfter() != null) {
			response.setHeader(HttpHeaders.RETRY_AFTER, problem.retryAfter().toString());
		}
		response.setContentType(RateLimitProblem.CONTENT_TYPE);
		byte[] body = problem.body();
		response.setContentLength(body.length);
		if (!request.getMethod().equals("HEAD")) {
			response.getOutputStream().write(body);
		}
		response.flushBuffer();
	}

}
