package io.github.rediskit.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.springframework.http.server.PathContainer;
import org.springframework.util.StringUtils;

/**
 * The ways in which servers may read one path. {@code //api}, {@code /a/..;/api} and
 * {@code /%61pi} can all end at {@code /api}; which of them do is up to the server, so a
 * rule is for a request if it is for any of its paths. Too many requests are limited
 * then, never too few.
 *
 * @param all the path as it is written, first, and what it may be read as
 * @param plain the path as it is read: decoded, without parameters, dots, double slashes
 */
record RequestPaths(List<PathContainer> all, String plain) {

	private static final PathContainer.Options DECODED = PathContainer.Options.create('/', false);

	/**
	 * The paths of a request.
	 * @param path the path within the application, as it is written
	 * @return the paths
	 */
	static RequestPaths of(String path) {
		PathContainer written = written(path);
		if (isPlain(path)) {
			return new RequestPaths(List.of(written), path);
		}
		String read = read(path);
		List<PathContainer> all = new ArrayList<>();
		all.add(written);
		all.add(PathContainer.parsePath(read, DECODED));
		if (read.length() > 1 && read.endsWith("/")) {
			all.add(PathContainer.parsePath(read.substring(0, read.length() - 1), DECODED));
		}
		return new RequestPaths(all, read);
	}

	private static PathContainer written(String path) {
		try {
			return PathContainer.parsePath(path);
		}
		catch (IllegalArgumentException ex) {
			return PathContainer.parsePath(path, DECODED); // what servers refuse
		}
	}

	private static boolean isPlain(String path) {
		char last = 0;
		for (int i = 0; i < path.length(); i++) {
			char c = path.charAt(i);
			if (c == '%' || c == ';' || c == '\\' || (last == '/' && (c == '/' || c == '.'))) {
				return false;
			}
			last = c;
		}
		return path.startsWith("/") && (last != '/' || path.length() == 1);
	}

	private static String read(String path) {
		Deque<String> segments = new ArrayDeque<>();
		String decoded = decoded(path);
		for (String segment : StringUtils.delimitedListToStringArray(decoded, "/")) {
			if (segment.equals("..")) {
				segments.pollLast();
			}
			else if (!segment.isEmpty() && !segment.equals(".")) {
				segments.addLast(segment);
			}
		}
		return "/" + String.join("/", segments) + ((decoded.endsWith("/") && !segments.isEmpty()) ? "/" : "");
	}

	/** Parameters go before anything is decoded: an encoded semicolon begins none. */
	private static String decoded(String path) {
		List<String> segments = new ArrayList<>();
		for (String segment : StringUtils.delimitedListToStringArray(path, "/")) {
			int parameters = segment.indexOf(';');
			segments.add(decodedSegment((parameters < 0) ? segment : segment.substring(0, parameters)));
		}
		return String.join("/", segments).replace('\\', '/');
	}

	private static String decodedSegment(String segment) {
		try {
			return StringUtils.uriDecode(segment, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return segment;
		}
	}

}
