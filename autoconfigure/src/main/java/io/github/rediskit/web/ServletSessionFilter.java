package io.github.rediskit.web;

import java.io.IOException;
import java.util.Collections;

import io.github.rediskit.session.SessionRequest;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * Stands before Spring Session's filter: tells the session who sends the request, and
 * answers where there can be no session: with {@code 503} while Redis is away, and with
 * {@code 403} to a user who has all the sessions that he may have.
 */
public final class ServletSessionFilter implements Filter {

	private static final String REQUEST = ServletSessionFilter.class.getName() + ".REQUEST";

	private final ClientAddresses addresses;

	/**
	 * Creates the filter.
	 * @param addresses who is believed about where a request comes from
	 */
	public ServletSessionFilter(ClientAddresses addresses) {
		this.addresses = addresses;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
			chain.doFilter(request, response);
			return;
		}
		SessionRequest before = SessionRequest.bind(sessionRequest(http));
		try {
			chain.doFilter(request, response);
		}
		catch (ServletException | IOException | RuntimeException ex) {
			SessionTrouble trouble = SessionTrouble.of(ex);
			if (trouble == null || answer.isCommitted()) {
				throw ex;
			}
			answer(trouble, http, answer);
		}
		finally {
			SessionRequest.bind(before);
		}
	}

	/** One for all dispatches of a request. */
	private SessionRequest sessionRequest(HttpServletRequest request) {
		if (request.getAttribute(REQUEST) instanceof SessionRequest known) {
			if (request.getDispatcherType() == DispatcherType.ERROR) {
				known.failed();
			}
			return known;
		}
		SessionRequest created = new SessionRequest(() -> request.getHeader(HttpHeaders.USER_AGENT),
				() -> this.addresses.exactly(request.getRemoteAddr(),
						(name) -> Collections.list(request.getHeaders(name))));
		request.setAttribute(REQUEST, created);
		return created;
	}

	/**
	 * An error page may want a session, too: who can't show it is answered by the status
	 * alone.
	 */
	private static void answer(SessionTrouble trouble, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		response.resetBuffer();
		if (trouble.retryAfter() > 0) {
			response.setHeader(HttpHeaders.RETRY_AFTER, Integer.toString(trouble.retryAfter()));
		}
		if (request.getDispatcherType() == DispatcherType.ERROR) {
			response.setStatus(trouble.status());
		}
		else {
			response.sendError(trouble.status(), trouble.detail());
		}
	}

}
