package io.github.rediskit.autoconfigure.devservices;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a server on this machine says of itself, asked over a bare socket: this runs
 * before there is any client, and must cost a millisecond.
 *
 * @param fields the {@code INFO server} fields; empty if the server answers but wants a
 * password first
 */
record ServerInfo(Map<String, String> fields) {

	private static final int TIMEOUT_MILLIS = 1_000;

	private static final String QUESTION = "PING\r\nINFO server\r\n";

	/**
	 * Ask the server on a loopback port.
	 * @param port the port
	 * @return its answer, or empty if nobody answers yet or data is still being loaded
	 */
	static Optional<ServerInfo> ask(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.getOutputStream().write(QUESTION.getBytes(StandardCharsets.US_ASCII));
			return read(
					new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1)));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	private static Optional<ServerInfo> read(BufferedReader reader) throws IOException {
		String pong = reader.readLine();
		if (pong == null || !(pong.equals("+PONG") || pong.startsWith("-NOAUTH") || pong.startsWith("-NOPERM"))) {
			return Optional.empty();
		}
		Map<String, String> fields = new HashMap<>();
		String header = reader.readLine();
		int rest = (header != null && header.startsWith("$")) ? Integer.parseInt(header.substring(1)) : 0;
		while (rest > 0) {
			String line = Objects.requireNonNullElse(reader.readLine(), "");
			rest -= line.length() + "\r\n".length();
			int colon = line.indexOf(':');
			if (colon > 0) {
				fields.put(line.substring(0, colon), line.substring(colon + 1));
			}
		}
		return Optional.of(new ServerInfo(Map.copyOf(fields)));
	}

	/** Whether this is the given process; true also if the server does not say. */
	boolean isProcess(long pid) {
		return Long.toString(pid).equals(this.fields.getOrDefault("process_id", Long.toString(pid)));
	}

	/** The product and its version, such as {@code Redis 7.0.15}. */
	String product() {
		String valkey = this.fields.get("valkey_version");
		return (valkey != null) ? "Valkey " + valkey : "Redis " + redisVersion();
	}

	/** The Redis version whose commands are understood. */
	String redisVersion() {
		return this.fields.getOrDefault("redis_version", "(unknown version)");
	}

}
