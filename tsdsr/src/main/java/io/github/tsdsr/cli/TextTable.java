package io.github.tsdsr.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of text: the first column to the left, the others, which are numbers, to the right.
 *
 * @param rows as long as the headings; the last {@code totals} of them are set apart
 */
record TextTable(List<String> headings, List<List<String>> rows, int totals) {
  TextTable {
    for (List<String> row : rows) {
      if (row.size() != headings.size()) {
        throw new IllegalArgumentException("a row of " + row.size() + " under " + headings.size() + " headings");
      }
    }
  }

  /** Lines with blanks between the columns. */
  List<String> plain() {
    int[] widths = widths(rows);
    List<String> lines = new ArrayList<>();
    lines.add(line(headings, widths, "  ").stripTrailing());
    for (int i = 0; i < rows.size(); i++) {
      if (i > 0 && i == rows.size() - totals) {
        lines.add("-".repeat(lines.getFirst().length()));
      }
      lines.add(line(rows.get(i), widths, "  ").stripTrailing());
    }
    return lines;
  }

  /** A table of Markdown. */
  List<String> markdown() {
    List<List<String>> cells = new ArrayList<>(rows.subList(0, rows.size() - totals));
    for (List<String> row : rows.subList(rows.size() - totals, rows.size())) {
      cells.add(row.stream().map(c -> "**" + c + "**").toList());
    }
    int[] widths = widths(cells);
    List<String> lines = new ArrayList<>();
    lines.add("| " + line(headings, widths, " | ") + " |");
    StringBuilder rule = new StringBuilder("| ").append("-".repeat(widths[0])).append(" |");
    for (int i = 1; i < widths.length; i++) {
      rule.append(' ').append("-".repeat(widths[i] - 1)).append(": |");
    }
    lines.add(rule.toString());
    cells.forEach(row -> lines.add("| " + line(row, widths, " | ") + " |"));
    return lines;
  }

  private int[] widths(List<List<String>> cells) {
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = headings.get(i).length();
      for (List<String> row : cells) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private static String line(List<String> cells, int[] widths, String between) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(Math.max(0, widths[i] - cells.get(i).length()));
      line.append(i == 0 ? cells.get(i) + padding : between + padding + cells.get(i));
    }
    return line.toString();
  }
}
