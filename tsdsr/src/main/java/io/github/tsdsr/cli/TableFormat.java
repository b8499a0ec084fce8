package io.github.tsdsr.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** How a table of results is written. */
final class TableFormat {
  @Option(names = "--markdown", description = "A table of Markdown.")
  private boolean markdown;

  @Option(names = "--json", description = "One object of JSON.")
  private boolean json;

  /** Whether the results are wanted as JSON instead of a table. */
  boolean json() {
    return json;
  }

  /** The table's lines. */
  List<String> lines(TextTable table) {
    return markdown ? table.markdown() : table.plain();
  }
}
