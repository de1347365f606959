package io.github.rediskit.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table to read in a terminal, and to paste into Markdown.
 */
final class Table {

	private final List<List<String>> rows = new ArrayList<>();

	Table(List<String> header) {
		add(header);
	}

	void add(List<String> row) {
		this.rows.add(List.copyOf(row));
	}

	@Override
	public String toString() {
		int[] widths = IntStream.range(0, this.rows.get(0).size())
			.map((column) -> this.rows.stream().mapToInt((row) -> row.get(column).length()).max().orElseThrow())
			.toArray();
		List<String> rule = IntStream.range(0, widths.length)
			.mapToObj((column) -> (column == 0) ? "-".repeat(widths[0]) : "-".repeat(widths[column] - 1) + ":")
			.toList();
		List<List<String>> all = new ArrayList<>(this.rows);
		all.add(1, rule);
		return all.stream().map((row) -> line(row, widths)).collect(Collectors.joining());
	}

	/** Names to the left, figures to the right. */
	private static String line(List<String> row, int[] widths) {
		return IntStream.range(0, widths.length)
			.mapToObj((column) -> ("%" + ((column == 0) ? "-" : "") + widths[column] + "s").formatted(row.get(column)))
			.collect(Collectors.joining(" | ", "| ", " |%n".formatted()));
	}

}
