package io.github.rediskit.web;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.CorsProcessor;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Gives a refusal the CORS headers that the request would have got further on: without
 * them a browser hides the response from its page. They come from filters that are still
 * to come, from the handler that the request will not reach, and from what Spring
 * Security would have asked.
 */
public final class ServletCors {

	private final CorsProcessor processor = new DefaultCorsProcessor();

	private final Supplier<Sources> sources;

	/**
	 * Creates the search.
	 * @param sources who knows the headers, which is not asked for before the first
	 * refusal
	 */
	public ServletCors(Supplier<Sources> sources) {
		this.sources = SingletonSupplier.of(sources);
	}

	/**
	 * Adds the headers.
	 * @return whether the request may be answered; else it has been, since its origin is
	 * not allowed
	 */
	boolean apply(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
		if (!CorsUtils.isCorsRequest(request) || isDone(response)) {
			return true;
		}
		for (CorsFilter filter : this.sources.get().filters()) {
			AtomicBoolean passed = new AtomicBoolean();
			filter.doFilter(request, response, (filtered, answered) -> passed.set(true));
			if (!passed.get() || isDone(response)) {
				return passed.get();
			}
		}
		CorsConfiguration configuration = ofHandler(request);
		for (CorsConfigurationSource source : this.sources.get().configurations()) {
			configuration = (configuration != null) ? configuration : source.getCorsConfiguration(request);
		}
		return this.processor.processRequest(configuration, request, response);
	}

	private static boolean isDone(HttpServletResponse response) {
		return response.containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
	}

	private @Nullable CorsConfiguration ofHandler(HttpServletRequest request) {
		ServletRequestPathUtils.parseAndCache(request);
		for (HandlerMapping mapping : this.sources.get().mappings()) {
			try {
				HandlerExecutionChain handler = mapping.getHandler(request);
				if (handler != null) {
					return of(handler, request);
				}
			}
			catch (Exception ex) { // the request would have failed, too
				return null;
			}
		}
		return null;
	}

	private static @Nullable CorsConfiguration of(HandlerExecutionChain handler, HttpServletRequest request) {
		return handler.getInterceptorList()
			.stream()
			.filter(CorsConfigurationSource.class::isInstance)
			.map((source) -> ((CorsConfigurationSource) source).getCorsConfiguration(request))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Who knows of CORS.
	 *
	 * @param filters filters, which may have seen the request or not
	 * @param mappings what finds handlers
	 * @param configurations configurations that others use
	 */
	public record Sources(List<CorsFilter> filters, List<HandlerMapping> mappings,
			List<CorsConfigurationSource> configurations) {
	}

}
