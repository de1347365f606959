package io.github.rediskit.web;

import java.security.Principal;
import java.util.Collections;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.RequestPath;

/**
 * A request to a servlet.
 *
 * @param request the request
 */
record ServletRequestSource(HttpServletRequest request) implements LimitedRequest.Source {

	@Override
	public String method() {
		return this.request.getMethod();
	}

	@Override
	public String path() {
		try {
			RequestPath path = RequestPath.parse(this.request.getRequestURI(), this.request.getContextPath());
			return path.pathWithinApplication().value();
		}
		catch (IllegalArgumentException ex) { // a context path that is written oddly
			String info = this.request.getPathInfo();
			return this.request.getServletPath() + ((info != null) ? info : "");
		}
	}

	@Override
	public @Nullable String query() {
		return this.request.getQueryString();
	}

	@Override
	public @Nullable String remoteAddress() {
		return this.request.getRemoteAddr();
	}

	@Override
	public List<String> header(String name) {
		return Collections.list(this.request.getHeaders(name));
	}

	@Override
	public Iterable<String> headerNames() {
		return Collections.list(this.request.getHeaderNames());
	}

	@Override
	public @Nullable String principal() {
		Principal principal = this.request.getUserPrincipal();
		return (principal != null) ? principal.getName() : null;
	}

}
