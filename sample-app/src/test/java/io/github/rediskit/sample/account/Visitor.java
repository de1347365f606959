package io.github.rediskit.sample.account;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Somebody with a browser of his own, which keeps his cookies. He can be sent from one
 * instance of the shop to another, as a load balancer does.
 */
final class Visitor {

	private static final JsonMapper JSON = JsonMapper.shared();

	private final String userAgent;

	private final CookieManager cookies = new CookieManager();

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.cookieHandler(this.cookies)
		.build();

	private int port;

	Visitor(int port, String userAgent) {
		this.port = port;
		this.userAgent = userAgent;
	}

	Visitor at(int port) {
		this.port = port;
		return this;
	}

	/** Logs in as the form does, and is told where to go then. */
	String logIn(String name, String password) {
		JsonNode csrf = json("GET", "/api/csrf");
		String form = "username=%s&password=%s&%s=%s".formatted(encoded(name), encoded(password),
				csrf.get("parameter").stringValue(), encoded(csrf.get("token").stringValue()));
		HttpResponse<String> answer = send(request("/login").header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString(form)));
		return answer.headers().firstValue("Location").orElseThrow();
	}

	HttpResponse<String> get(String path) {
		return send(request(path).header("Accept", path.startsWith("/api/") ? "application/json" : "text/html").GET());
	}

	/** With the token that the pages send along. */
	HttpResponse<String> call(String method, String path) {
		JsonNode csrf = json("GET", "/api/csrf");
		return send(request(path).header(csrf.get("header").stringValue(), csrf.get("token").stringValue())
			.method(method, BodyPublishers.noBody()));
	}

	HttpResponse<String> callWithoutToken(String method, String path) {
		return send(request(path).method(method, BodyPublishers.noBody()));
	}

	JsonNode json(String method, String path) {
		HttpResponse<String> answer = method.equals("GET") ? get(path) : call(method, path);
		if (answer.statusCode() != 200) {
			throw new IllegalStateException("%s is answered with %d".formatted(path, answer.statusCode()));
		}
		return JSON.readTree(answer.body());
	}

	List<JsonNode> devices() {
		return StreamSupport.stream(json("GET", "/api/devices").get("devices").spliterator(), false).toList();
	}

	List<String> deviceNames() {
		return devices().stream().map((device) -> device.get("device").stringValue()).toList();
	}

	String handle() {
		return devices().stream()
			.filter((device) -> device.get("current").booleanValue())
			.map((device) -> device.get("handle").stringValue())
			.findFirst()
			.orElseThrow();
	}

	boolean isLoggedIn() {
		return get("/api/devices").statusCode() == 200;
	}

	String sessionCookie() {
		return this.cookies.getCookieStore()
			.getCookies()
			.stream()
			.filter((cookie) -> cookie.getName().equals("SESSION"))
			.findFirst()
			.orElseThrow()
			.getValue();
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("User-Agent", this.userAgent);
	}

	private HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.client.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

}
