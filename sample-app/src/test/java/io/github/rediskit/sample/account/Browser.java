package io.github.rediskit.sample.account;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Chromium of this machine, driven by the W3C's WebDriver protocol. Each window has a
 * profile of its own, so each is another browser to the shop.
 */
final class Browser implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.shared();

	private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");

	private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<Window> windows = new ArrayList<>();

	private final Process driver;

	private final String address;

	private Browser(Process driver, int port) {
		this.driver = driver;
		this.address = "http://localhost:" + port;
	}

	static boolean isInstalled() {
		return find("chromedriver").isPresent() && chromium().isPresent();
	}

	private static Optional<Path> chromium() {
		return Stream.of("chromium", "chromium-browser", "google-chrome")
			.map(Browser::find)
			.flatMap(Optional::stream)
			.findFirst();
	}

	private static Optional<Path> find(String program) {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.map((folder) -> Path.of(folder, program))
			.filter(Files::isExecutable)
			.findFirst();
	}

	static Browser start() throws Exception {
		Process driver = new ProcessBuilder(find("chromedriver").orElseThrow().toString(), "--port=0")
			.redirectErrorStream(true)
			.start();
		BufferedReader output = new BufferedReader(
				new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
		try {
			int port = CompletableFuture.supplyAsync(() -> port(output)).get(30, TimeUnit.SECONDS);
			CompletableFuture.runAsync(() -> output.lines().forEach((line) -> {
			}));
			return new Browser(driver, port);
		}
		catch (Exception ex) {
			driver.destroyForcibly();
			throw ex;
		}
	}

	private static int port(BufferedReader output) {
		return output.lines()
			.map(PORT::matcher)
			.filter(Matcher::find)
			.map((matcher) -> Integer.valueOf(matcher.group(1)))
			.findFirst()
			.orElseThrow();
	}

	/** A window with an empty profile. */
	Window open() {
		Map<String, ?> options = Map.of("binary", chromium().orElseThrow().toString(), "args",
				List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
						"--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--window-size=1000,760"));
		JsonNode session = send("POST", "/session", Map.of("capabilities",
				Map.of("alwaysMatch", Map.of("browserName", "chrome", "goog:chromeOptions", options))));
		Window window = new Window("/session/" + session.get("sessionId").stringValue());
		this.windows.add(window);
		return window;
	}

	private JsonNode send(String method, String path, Map<String, ?> body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.address + path))
			.timeout(Duration.ofSeconds(60));
		request = method.equals("POST") ? request.POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
				: request.method(method, BodyPublishers.noBody());
		try {
			JsonNode answer = JSON.readTree(this.client.send(request.build(), BodyHandlers.ofString()).body());
			JsonNode value = answer.get("value");
			if (value.isObject() && value.has("error")) {
				throw new IllegalStateException(value.get("message").stringValue());
			}
			return value;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() throws InterruptedException {
		try {
			this.windows.forEach((window) -> send("DELETE", window.path, Map.of()));
		}
		finally {
			this.driver.destroy();
			if (!this.driver.waitFor(10, TimeUnit.SECONDS)) {
				this.driver.destroyForcibly();
			}
		}
	}

	/** What a person does in a window. */
	final class Window {

		private final String path;

		private Window(String path) {
			this.path = path;
		}

		void go(String url) {
			send("POST", this.path + "/url", Map.of("url", url));
		}

		String url() {
			return send("GET", this.path + "/url", Map.of()).stringValue();
		}

		void type(String selector, String text) {
			send("POST", element(selector) + "/clear", Map.of());
			send("POST", element(selector) + "/value", Map.of("text", text));
		}

		void click(String selector) {
			send("POST", element(selector) + "/click", Map.of());
		}

		boolean isEnabled(String selector) {
			return send("GET", element(selector) + "/enabled", Map.of()).booleanValue();
		}

		String text(String selector) {
			return send("GET", element(selector) + "/text", Map.of()).stringValue();
		}

		private String element(String selector) {
			JsonNode element = send("POST", this.path + "/element", Map.of("using", "css selector", "value", selector));
			return this.path + "/element/" + element.get(ELEMENT).stringValue();
		}

		void screenshot(Path file) throws IOException {
			Files.write(file,
					Base64.getDecoder().decode(send("GET", this.path + "/screenshot", Map.of()).stringValue()));
		}

	}

}
