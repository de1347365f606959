package io.github.rediskit.web;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;

import io.github.rediskit.ratelimit.RateLimitUnavailableException;
import io.github.rediskit.web.Admission.Outcome;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.cors.CorsUtils;

/**
 * Lets requests in as rules say, and answers the others. It is for the dispatch of
 * requests alone: what is dispatched again has been charged. The permits of concurrency
 * policies are held until the response has ended.
 */
public final class ServletRateLimitFilter implements Filter {

	private final HttpRateLimits limits;

	private final ServletCors cors;

	/**
	 * Creates the filter.
	 * @param limits the rules
	 * @param cors what makes a refusal readable by browsers
	 */
	public ServletRateLimitFilter(HttpRateLimits limits, ServletCors cors) {
		this.limits = limits;
		this.cors = cors;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer
				&& !CorsUtils.isPreFlightRequest(http)) {
			limit(http, answer, chain);
		}
		else {
			chain.doFilter(request, response);
		}
	}

	private void limit(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		LimitedRequest limited = this.limits.request(new ServletRequestSource(request));
		List<HttpRule> rules = this.limits.rulesFor(limited);
		if (rules.isEmpty()) {
			chain.doFilter(request, response);
			return;
		}
		Admission admission = this.limits.ask(rules, limited);
		try {
			Outcome outcome = await(admission);
			if (outcome != null && this.limits.hasHeaders()) {
				RateLimitFields fields = ServletFields.of(request);
				outcome.standings().forEach(fields::add);
			}
			if (outcome != null && outcome.isAllowed()) {
				ServletFields.write(request, response);
				admission.begin();
				chain.doFilter(request, response);
			}
			else if (this.cors.apply(request, response)) {
				ServletAnswer.write(problem(outcome), request, response);
			}
		}
		finally {
			if (!isLeftLater(request, admission)) {
				admission.leave();
			}
		}
	}

	/** Who is interrupted while waiting is not refused, but not let in either. */
	private static RateLimitProblem problem(@Nullable Outcome outcome) throws ServletException {
		if (outcome == null || outcome.failure() instanceof RateLimitUnavailableException) {
			return RateLimitProblem.unavailable();
		}
		if (outcome.refusal() != null) {
			return RateLimitProblem.exceeded(outcome.refusal());
		}
		throw new ServletException("A rate limit could not be asked", outcome.failure());
	}

	private static @Nullable Outcome await(Admission admission) throws ServletException {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return admission.decided().get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
					if (admission.isWaiting()) {
						return null;
					}
				}
				catch (ExecutionException ex) {
					throw new ServletException(ex);
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static boolean isLeftLater(HttpServletRequest request, Admission admission) {
		if (!request.isAsyncStarted()) {
			return false;
		}
		try {
			request.getAsyncContext().addListener(new EndOfResponse(admission));
			return true;
		}
		catch (IllegalStateException ex) { // it has ended meanwhile
			return false;
		}
	}

	/**
	 * Leaves when an asynchronous request has ended.
	 *
	 * @param admission what to leave
	 */
	private record EndOfResponse(Admission admission) implements AsyncListener {

		@Override
		public void onComplete(AsyncEvent event) {
			this.admission.leave();
		}

		/** Completion follows. */
		@Override
		public void onTimeout(AsyncEvent event) {
		}

		/** Completion follows. */
		@Override
		public void onError(AsyncEvent event) {
		}

		/** It begins anew after a dispatch, without its listeners. */
		@Override
		public void onStartAsync(AsyncEvent event) {
			AsyncContext context = event.getAsyncContext();
			context.addListener(this);
		}

	}

}
