package io.github.tsdsr.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.data.PhotoLibrary;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tsdsr evaluate}. */
@Command(
    name = "evaluate",
    description = "Measures pictures against what they should look like. Files belong together by their names; endings"
        + " and an added _x4 do not matter.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @Option(names = "--pred", paramLabel = "DIR", required = true, description = "The pictures to be measured.")
  private Path pred;

  @Option(names = "--target", paramLabel = "DIR",
      description = "What they should look like; niqe alone needs none.")
  private Path target;

  @Mixin
  private MetricOptions metricOptions;

  @Option(names = "--json", description = "One object of JSON on stdout instead of a table.")
  private boolean json;

  /** A picture and its values. */
  private record Row(String name, Map<Metric, Double> values) {}

  @Override
  public Integer call() throws Exception {
    try (OpenParts open = new OpenParts()) {
      return measure(metricOptions.open(open));
    }
  }

  private int measure(List<Metric> metrics) throws IOException {
    List<String> comparing = metrics.stream().filter(Metric::needsTarget).map(Metric::label).toList();
    if (target == null && !comparing.isEmpty()) {
      throw new IllegalArgumentException("--target is missing: expected what to compare with for "
          + String.join(", ", comparing));
    }
    List<Path> pictures = PhotoLibrary.filesIn(pred);
    Map<String, Path> targets = target == null ? Map.of() : byStem(PhotoLibrary.filesIn(target));
    List<Row> rows = new ArrayList<>();
    for (Path picture : pictures) {
      try {
        rows.add(new Row(picture.getFileName().toString(), measured(picture, targets, metrics)));
      } catch (IOException | FormatException | IllegalArgumentException e) {
        System.err.println("tsdsr: " + named(picture, Failures.message(e)));
      }
    }
    if (rows.isEmpty()) {
      return ExitCode.NOTHING_DONE;
    }
    print(rows, metrics);
    return rows.size() < pictures.size() ? ExitCode.SOME_FAILED : ExitCode.OK;
  }

  private static String named(Path picture, String message) {
    return message.startsWith(picture.getParent().toString()) ? message : picture + ": " + message;
  }

  private static Map<String, Path> byStem(List<Path> files) {
    Map<String, Path> byStem = new LinkedHashMap<>();
    for (Path file : files) {
      Path other = byStem.putIfAbsent(stem(file), file);
      if (other != null) {
        throw new FormatException(file.toString(), "the name of " + other.getFileName() + " but for the ending;"
            + " expected one target of a name");
      }
    }
    return byStem;
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private Map<Metric, Double> measured(Path file, Map<String, Path> targets, List<Metric> metrics)
      throws IOException {
    BytePixels picture = Pictures.readRgb(file);
    BytePixels wanted = null;
    if (target != null) {
      String stem = stem(file);
      Path found = targets.getOrDefault(stem, targets.get(stem.replaceFirst("_x[0-9.]+$", "")));
      if (found == null) {
        throw new FormatException(file.toString(), "no picture of that name in " + target);
      }
      wanted = Pictures.readRgb(found);
      if (picture.width() != wanted.width() || picture.height() != wanted.height()) {
        throw new FormatException(file.toString(), picture.width() + "x" + picture.height() + ", expected "
            + wanted.width() + "x" + wanted.height() + " as " + found + " has");
      }
    }
    Map<Metric, Double> values = new LinkedHashMap<>();
    for (Metric metric : metrics) {
      values.put(metric, metric.of(picture, wanted));
    }
    return values;
  }

  private static double mean(List<Row> rows, Metric metric) {
    return rows.stream().mapToDouble(r -> r.values.get(metric)).average().orElseThrow();
  }

  private void print(List<Row> rows, List<Metric> metrics) {
    if (json) {
      ObjectNode root = new ObjectMapper().createObjectNode();
      ArrayNode list = root.putArray("pictures");
      for (Row row : rows) {
        ObjectNode node = list.addObject().put("name", row.name);
        row.values.forEach((metric, value) -> node.put(metric.label(), value));
      }
      ObjectNode mean = root.putObject("mean");
      metrics.forEach(m -> mean.put(m.label(), mean(rows, m)));
      System.out.println(root);
      return;
    }
    List<String> headings = new ArrayList<>(List.of("picture"));
    metrics.forEach(m -> headings.add(m.label()));
    List<List<String>> cells = new ArrayList<>();
    for (Row row : rows) {
      List<String> line = new ArrayList<>(List.of(row.name));
      row.values.forEach((metric, value) -> line.add(shown(metric, value)));
      cells.add(line);
    }
    List<String> means = new ArrayList<>(List.of("mean of " + rows.size()));
    metrics.forEach(m -> means.add(shown(m, mean(rows, m))));
    cells.add(means);
    new TextTable(headings, cells, 1).plain().forEach(System.out::println);
  }

  private static String shown(Metric metric, double value) {
    return String.format(Locale.ROOT, "%." + metric.decimals() + "f", value);
  }
}
