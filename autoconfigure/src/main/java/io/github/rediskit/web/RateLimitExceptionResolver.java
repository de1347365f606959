package io.github.rediskit.web;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers requests whose handler was refused by a rate limit, where the application does
 * not.
 */
public final class RateLimitExceptionResolver implements HandlerExceptionResolver, Ordered {

	private static final Log logger = LogFactory.getLog(RateLimitExceptionResolver.class);

	private final HttpRateLimits limits;

	/**
	 * Creates the resolver.
	 * @param limits what knows policies
	 */
	public RateLimitExceptionResolver(HttpRateLimits limits) {
		this.limits = limits;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception failure) {
		if (response.isCommitted()) {
			return null;
		}
		RateLimitProblem problem = RateLimitProblem.of(failure, (decision) -> this.limits.refusal(decision,
				this.limits.hasHeaders() ? ServletFields.of(request) : new RateLimitFields()));
		if (problem == null) {
			return null;
		}
		try {
			ServletAnswer.write(problem, request, response);
		}
		catch (IOException ex) {
			logger.debug("The client is gone", ex);
		}
		return new ModelAndView();
	}

	/** After those of the application. */
	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
