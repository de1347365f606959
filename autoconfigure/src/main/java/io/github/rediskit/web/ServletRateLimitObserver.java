package io.github.rediskit.web;

import java.util.function.BooleanSupplier;

import io.github.rediskit.spring.RateLimitObserver;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Tells the response of a request what was decided about the calls that it leads to. A
 * response belongs to the thread that serves it; what other threads decide is written
 * when the request is dispatched to one again.
 */
public final class ServletRateLimitObserver implements RateLimitObserver, HandlerInterceptor {

	@Override
	public Decisions observe(ContextView subscriber) {
		if (!(RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)) {
			return Decisions.UNHEARD;
		}
		HttpServletResponse response = attributes.getResponse();
		RateLimitFields fields = fields(attributes);
		if (fields == null || response == null) {
			return Decisions.UNHEARD;
		}
		Thread caller = Thread.currentThread();
		BooleanSupplier isServed = () -> Thread.currentThread() == caller
				&& RequestContextHolder.getRequestAttributes() == attributes;
		return (policy, permit, cost) -> {
			fields.add(Standing.of(policy, permit, cost));
			if (isServed.getAsBoolean() && !response.isCommitted()) {
				fields.write(response::setHeader);
			}
		};
	}

	/**
	 * A request that has ended while a thread still thinks that it serves it has none.
	 */
	private static @Nullable RateLimitFields fields(ServletRequestAttributes attributes) {
		try {
			Object known = attributes.getAttribute(ServletFields.ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
			if (known instanceof RateLimitFields fields) {
				return fields;
			}
			RateLimitFields fields = new RateLimitFields();
			attributes.setAttribute(ServletFields.ATTRIBUTE, fields, RequestAttributes.SCOPE_REQUEST);
			return fields;
		}
		catch (IllegalStateException ex) {
			return null;
		}
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		if (request.getDispatcherType() == DispatcherType.ASYNC) {
			ServletFields.write(request, response);
		}
		return true;
	}

}
