package io.github.rediskit.sample.probe;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request a fresh {@link AnswerProbe}, and cleans up behind it: threads are
 * used again.
 */
@Component
class AnswerProbeFilter extends OncePerRequestFilter {

	private final AnswerProbe probe;

	AnswerProbeFilter(AnswerProbe probe) {
		this.probe = probe;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		this.probe.begin();
		try {
			chain.doFilter(request, response);
		}
		finally {
			this.probe.end();
		}
	}

}
