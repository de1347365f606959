package io.github.rediskit.web;

import java.net.InetSocketAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * A request to WebFlux.
 *
 * @param request the request
 * @param principal the name of the user, if there is one and a rule asks for it
 */
record ReactiveRequestSource(ServerHttpRequest request, @Nullable String principal) implements LimitedRequest.Source {

	@Override
	public String method() {
		return this.request.getMethod().name();
	}

	@Override
	public String path() {
		return this.request.getPath().pathWithinApplication().value();
	}

	@Override
	public @Nullable String query() {
		return this.request.getURI().getRawQuery();
	}

	/** An address that was not resolved is a name, perhaps made up by who forwards. */
	@Override
	public @Nullable String remoteAddress() {
		InetSocketAddress address = this.request.getRemoteAddress();
		if (address == null) {
			return null;
		}
		return (address.getAddress() != null) ? address.getAddress().getHostAddress() : address.getHostString();
	}

	@Override
	public List<String> header(String name) {
		return this.request.getHeaders().getOrEmpty(name);
	}

	@Override
	public Iterable<String> headerNames() {
		return this.request.getHeaders().headerNames();
	}

}
