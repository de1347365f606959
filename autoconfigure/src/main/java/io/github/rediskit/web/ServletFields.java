package io.github.rediskit.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a servlet's response, which lie in its request until they are written.
 */
final class ServletFields {

	static final String ATTRIBUTE = RateLimitFields.class.getName();

	private ServletFields() {
	}

	static RateLimitFields of(HttpServletRequest request) {
		RateLimitFields fields = known(request);
		if (fields == null) {
			fields = new RateLimitFields();
			request.setAttribute(ATTRIBUTE, fields);
		}
		return fields;
	}

	static @Nullable RateLimitFields known(HttpServletRequest request) {
		return (RateLimitFields) request.getAttribute(ATTRIBUTE);
	}

	/** In the thread that the response belongs to. */
	static void write(HttpServletRequest request, HttpServletResponse response) {
		RateLimitFields fields = known(request);
		if (fields != null && !response.isCommitted()) {
			fields.write(response::setHeader);
		}
	}

}
