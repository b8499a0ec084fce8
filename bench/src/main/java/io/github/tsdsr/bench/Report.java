package io.github.tsdsr.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@code bin/bench --report [--quick | --processor-time] [NAME ...]}: runs the benchmarks and prints Markdown tables, the middle of all samples,
 * with the machine they come from. Peers run in the same call. Quick means one fork with a second of warm-up and a
 * second of measurement; with --processor-time everything runs in this JVM on one thread.
 */
final class Report {
  /** What a cell is: an operation's arithmetic, or 0 where its time is told. */
  private interface Arithmetic {
    double flops(long[] shape, String variant);
  }

  /** A table: rows are shapes, columns the values of another parameter (or the methods). */
  private record Table(String title, Class<?> benchmark, String columns, Arithmetic arithmetic) {}

  private static final List<Table> TABLES = List.of(
      new Table("Where tensors lie: 3x3 convolution on one thread (side, channels in, out), GFLOP/s",
          ConvolutionStorage.class, "", (s, _) -> 18.0 * s[0] * s[0] * s[1] * s[2]),
      new Table("Matrix product (rows, inputs, outputs), GFLOP/s", MatrixProduct.class, "library",
          (s, _) -> 2.0 * s[0] * s[1] * s[2]),
      new Table("3x3 convolution (pictures, side, channels in, out), GFLOP/s", Convolution.class, "direction",
          (s, _) -> 18.0 * s[0] * s[1] * s[1] * s[2] * s[3]),
      new Table("Attention (samples, tokens, heads, head size), GFLOP/s", HeadAttention.class, "direction",
          (s, v) -> (v.equals("forward") ? 4.0 : 10.0) * s[0] * s[1] * s[1] * s[2] * s[3]),
      new Table("Group norm with SiLU (pictures, side, channels, groups), layer norm (samples, tokens, channels), ms",
          Norm.class, "direction", (_, _) -> 0),
      new Table("Degradation of a crop on one thread (width, height), ms", Degrading.class, "kind", (_, _) -> 0));

  private Report() {}

  static void run(String... arguments) throws RunnerException, ReflectiveOperationException {
    List<String> names = Stream.of(arguments).filter(n -> !n.startsWith("--")).toList();
    List<String> options = Stream.of(arguments).filter(n -> n.startsWith("--")).toList();
    boolean processorTime = options.contains("--processor-time");
    if (processorTime) {
      System.setProperty("tsdsr.threads", "1");
    }
    System.out
        .println("Measured " + LocalDate.now() + " on " + processor() + ", threads: " + Operands.THREADS + ", Java "
            + Runtime.version() + ", " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + "-bit vectors"
            + (processorTime ? ", by processor time" : "") + ".\n");
    for (Table table : TABLES) {
      if (names.isEmpty() || names.contains(table.benchmark.getSimpleName())) {
        Cells cells = new Cells(table);
        if (processorTime) {
          ProcessorTime.measure(table.benchmark, allowed(table),
              (c, micros) -> cells.add(c.parameters().get("shape"), column(table, c.method(), c.parameters()::get),
                  micros));
        } else {
          runForks(table, options.contains("--quick"), cells);
        }
        System.out.println(cells.text());
      }
    }
  }

  private static Map<String, List<String>> allowed(Table table) {
    if (table.benchmark != MatrixProduct.class) {
      return Map.of();
    }
    List<String> libraries = new ArrayList<>(List.of("ours-f32", "ours-bf16"));
    Stream.of(Blas.values()).filter(Blas::present).forEach(b -> libraries.add(b.name().toLowerCase(Locale.ROOT)));
    return Map.of("library", libraries);
  }

  private static String column(Table table, String method, UnaryOperator<String> parameter) {
    return table.columns.isEmpty() ? method : parameter.apply(table.columns);
  }

  private static void runForks(Table table, boolean quick, Cells cells) throws RunnerException {
    ChainedOptionsBuilder options = new OptionsBuilder()
        .include("\\." + table.benchmark.getSimpleName() + "\\.").verbosity(VerboseMode.SILENT)
        .jvmArgsAppend(property("tsdsr.threads", String.valueOf(Operands.THREADS)),
            property("tsdsr.peers", System.getProperty("tsdsr.peers", "bench/target/peers")));
    if (quick) {
      options.forks(1).warmupIterations(1).measurementIterations(1);
    }
    allowed(table).forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
    for (RunResult r : new Runner(options.build()).run()) {
      String benchmark = r.getParams().getBenchmark();
      String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
      cells.add(r.getParams().getParam("shape"), column(table, method, r.getParams()::getParam),
          r.getPrimaryResult().getStatistics().getPercentile(50));
    }
  }

  private static String property(String name, String value) {
    return "-D" + name + "=" + value;
  }

  /** A table that is being filled. */
  private record Cells(Table table, Map<String, Map<String, Double>> rows, Set<String> columns) {
    Cells(Table table) {
      this(table, new LinkedHashMap<>(), new TreeSet<>());
    }

    void add(String shape, String column, double micros) {
      columns.add(column);
      double flops = table.arithmetic.flops(Shapes.parse(shape), column);
      rows.computeIfAbsent(shape, _ -> new LinkedHashMap<>())
          .put(column, flops == 0 ? micros / 1e3 : flops / micros / 1e3);
    }

    String text() {
      boolean peers = columns.contains("mkl") || columns.contains("openblas");
      StringBuilder text = new StringBuilder("### ").append(table.title).append("\n\n| shape |");
      columns.forEach(c -> text.append(' ').append(c).append(" |"));
      text.append(peers ? " f32 to the better peer |\n" : "\n").append("|---|").append("---:|".repeat(columns.size()))
          .append(peers ? "---:|\n" : "\n");
      rows.forEach((shape, cells) -> {
        text.append("| ").append(shape).append(" |");
        columns.forEach(c -> text.append(cell(cells.get(c))));
        if (peers) {
          double best = Math.max(cells.getOrDefault("mkl", 0.0), cells.getOrDefault("openblas", 0.0));
          text.append(" %.2f |".formatted(cells.get("ours-f32") / best));
        }
        text.append('\n');
      });
      return text.toString();
    }
  }

  private static String cell(Double value) {
    return value == null ? " |" : (value < 10 ? " %.2f |" : " %.0f |").formatted(value);
  }

  /** The processor's name where the system tells it. */
  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      Map<String, String> first = new LinkedHashMap<>();
      lines.map(l -> l.split("\\s*:\\s*", 2)).filter(p -> p.length == 2).forEach(p -> first.putIfAbsent(p[0], p[1]));
      return first.getOrDefault("model name", System.getProperty("os.arch")) + " (family "
          + first.getOrDefault("cpu family", "?") + ", model " + first.getOrDefault("model", "?") + ")";
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
