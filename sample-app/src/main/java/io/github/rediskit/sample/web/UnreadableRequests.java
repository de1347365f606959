package io.github.rediskit.sample.web;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Tells the caller what a record has found wrong with its values.
 */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnreadableRequests {

	@ExceptionHandler
	ProblemDetail unreadable(HttpMessageNotReadableException ex) {
		String detail = (ex.getMostSpecificCause() instanceof IllegalArgumentException wrong) ? wrong.getMessage()
				: "The request is not the JSON that this call expects";
		return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail);
	}

}
