package io.github.tsdsr.train.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The page: what was trained, how far it came, curves, pictures, and the configuration.
 *
 * @param title the page's name
 * @param summary what is trained, in a sentence
 * @param progress from 0 to 1
 * @param highlights the few numbers to read first
 * @param groups of charts, with headings
 * @param strips pictures side by side
 * @param stripsNote when and what they are
 * @param tables facts, dates, configuration
 */
public record Page(
    String title, String summary, double progress, List<Fact> highlights, List<Group> groups, List<Strip> strips,
    String stripsNote, List<Table> tables) {
  /** A name and its value. */
  public record Fact(String name, String value) {}

  /** Charts under a heading. */
  public record Group(String heading, List<Chart> charts) {}

  /** Pictures of one thing. */
  public record Strip(String title, List<Panel> panels) {}

  /**
   * A picture.
   *
   * @param file PNG or JPEG
   */
  public record Panel(String label, String note, Path file) {}

  /**
   * Rows under a heading.
   *
   * @param columns headings; none where empty
   */
  public record Table(String heading, List<String> columns, List<List<String>> rows) {}

  /**
   * The whole file.
   *
   * @throws IOException if a picture cannot be read
   */
  public String html() throws IOException {
    StringBuilder out = new StringBuilder();
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
        .append(Html.escaped(title)).append("</title>\n<style>\n").append(Html.resource("page.css"))
        .append("</style>\n</head>\n<body>\n");
    // Before what it switches, so that the style sheet alone can do it.
    out.append("<input type=\"checkbox\" id=\"log\">\n<main>\n<header>\n<h1>").append(Html.escaped(title))
        .append("</h1>\n<p>").append(Html.escaped(summary)).append("</p>\n");
    out.append("<progress max=\"1\" value=\"").append(progress).append("\"></progress>\n</header>\n");
    appendHighlights(out);
    for (Group group : groups) {
      appendGroup(out, group);
    }
    appendStrips(out);
    out.append("<section class=\"tables\">\n");
    for (Table table : tables) {
      appendTable(out, table);
    }
    out.append("</section>\n</main>\n<script>\n").append(Html.resource("page.js"))
        .append("</script>\n</body>\n</html>\n");
    return out.toString();
  }

  private void appendHighlights(StringBuilder out) {
    out.append("<section class=\"highlights\">\n");
    for (Fact fact : highlights) {
      out.append("<div><span>").append(Html.escaped(fact.name)).append("</span><b>").append(Html.escaped(fact.value))
          .append("</b></div>\n");
    }
    out.append("</section>\n");
  }

  private void appendGroup(StringBuilder out, Group group) {
    boolean switchable = group.charts.stream().anyMatch(c -> c.noisy() && c.canBeLogarithmic());
    out.append("<section>\n<h2>").append(Html.escaped(group.heading)).append("</h2>\n");
    if (switchable) {
      out.append("<label class=\"switch\" for=\"log\">logarithmic scale</label>\n");
    }
    out.append("<div class=\"charts\">\n");
    for (Chart chart : group.charts) {
      out.append("<figure class=\"chart\">\n<figcaption><b>").append(Html.escaped(chart.title()))
          .append("</b> <span class=\"latest\">").append(Axis.shown(chart.latest())).append("</span> <span>")
          .append(Html.escaped(chart.note())).append("</span></figcaption>\n");
      appendLegend(out, chart);
      if (chart.noisy() && chart.canBeLogarithmic()) {
        out.append("<div class=\"linear\">").append(chart.svg(false)).append("</div>\n<div class=\"logarithmic\">")
            .append(chart.svg(true)).append("</div>\n");
      } else {
        out.append("<div>").append(chart.svg(false)).append("</div>\n");
      }
      out.append("</figure>\n");
    }
    out.append("</div>\n</section>\n");
  }

  private static void appendLegend(StringBuilder out, Chart chart) {
    if (chart.series().size() > 1) {
      out.append("<div class=\"legend\">");
      for (int i = 0; i < chart.series().size(); i++) {
        out.append("<span class=\"c").append(i).append("\">").append(Html.escaped(chart.series().get(i).name()))
            .append("</span>");
      }
      out.append("</div>\n");
    }
  }

  private void appendStrips(StringBuilder out) throws IOException {
    if (strips.isEmpty()) {
      return;
    }
    out.append("<section>\n<h2>Pictures</h2>\n<p class=\"note\">").append(Html.escaped(stripsNote)).append("</p>\n");
    for (Strip strip : strips) {
      out.append("<figure class=\"strip\">\n<figcaption>").append(Html.escaped(strip.title))
          .append("</figcaption>\n<div>\n");
      for (Panel panel : strip.panels) {
        out.append("<div><img alt=\"").append(Html.escaped(panel.label)).append("\" src=\"")
            .append(Html.dataUri(panel.file)).append("\"><p><b>").append(Html.escaped(panel.label)).append("</b> ")
            .append(Html.escaped(panel.note)).append("</p></div>\n");
      }
      out.append("</div>\n</figure>\n");
    }
    out.append("</section>\n");
  }

  private static void appendTable(StringBuilder out, Table table) {
    out.append("<div>\n<h2>").append(Html.escaped(table.heading)).append("</h2>\n<table>\n");
    if (!table.columns.isEmpty()) {
      appendRow(out, "th", table.columns);
    }
    for (List<String> row : table.rows) {
      appendRow(out, "td", row);
    }
    out.append("</table>\n</div>\n");
  }

  private static void appendRow(StringBuilder out, String cell, List<String> row) {
    out.append("<tr>");
    for (String text : row) {
      out.append('<').append(cell).append('>').append(Html.escaped(text)).append("</").append(cell).append('>');
    }
    out.append("</tr>\n");
  }
}
