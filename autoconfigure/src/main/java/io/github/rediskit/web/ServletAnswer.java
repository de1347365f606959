package io.github.rediskit.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.ServletOutputStream;
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
		if (!request.getMethod().equals("HEAD")) {
			write(body, response);
		}
		response.flushBuffer();
	}

	/** A handler that was refused may have asked for the writer before. */
	private static void write(byte[] body, HttpServletResponse response) throws IOException {
		ServletOutputStream out;
		try {
			out = response.getOutputStream();
		}
		catch (IllegalStateException ex) {
			response.getWriter().write(new String(body, StandardCharsets.UTF_8));
			return;
		}
		response.setContentLength(body.length);
		out.write(body);
	}

}
