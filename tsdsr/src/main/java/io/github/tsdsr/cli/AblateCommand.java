package io.github.tsdsr.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.train.ablation.Ablation;
import io.github.tsdsr.train.ablation.AblationPlan;
import io.github.tsdsr.train.validation.Comparison;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsdsr ablate}. */
@Command(
    name = "ablate",
    description = "Trains one configuration in several variants under several seeds, and prints a table of what each"
        + " came to on the validation photos: mean and standard deviation over the seeds. Goes on where it was stopped.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class AblateCommand implements Callable<Integer> {
  /** A measure in the table; the deviation has as many decimals as the mean. */
  private record Column(String heading, String measure, String format) {
    String cell(Ablation.Result result) {
      double mean = result.mean(measure);
      double deviation = result.deviation(measure);
      String text = Double.isNaN(mean) ? "-" : String.format(Locale.ROOT, format, mean);
      return Double.isNaN(deviation) ? text
          : text + " ± " + String.format(Locale.ROOT, format.replace("+", ""), deviation);
    }
  }

  private static final List<Column> COLUMNS = List.of(
      new Column("PSNR-Y over bicubic, dB", Comparison.PSNR_GAIN, "%+.3f"),
      new Column("worst crop, dB", Comparison.WORST_GAIN, "%+.2f"),
      new Column("SSIM over bicubic", Comparison.SSIM_GAIN, "%+.4f"),
      new Column("LPIPS", PerceptualMetric.LPIPS, "%.4f"),
      new Column("NIQE", Comparison.NIQE, "%.3f"));

  @Parameters(paramLabel = "PLAN.yaml", description = "The variants; paths in it are relative to its folder.")
  private Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE",
      description = "Replaces a value of the plan, such as set.steps=100; paths are relative to the folder of the plan's training.")
  private Map<String, String> overrides = Map.of();

  @ArgGroup(exclusive = true)
  private TableFormat format = new TableFormat();

  @Option(names = "--quiet", description = "Neither progress nor notes; errors and warnings only.")
  private boolean quiet;

  @Mixin
  private BackendOptions backendOptions;

  @Override
  public Integer call() throws Exception {
    AblationPlan plan = AblationPlan.of(Config.yaml(file, overrides), file.toAbsolutePath().getParent());
    try (Backend backend = backendOptions.open();
        GracefulStop stop = new GracefulStop();
        Progress progress = new Progress(TrainingProgress.styleFor(quiet), stop, plan.runs().size())) {
      Optional<List<Ablation.Result>> results = new Ablation(backend, plan).run(progress::begins);
      if (results.isEmpty()) {
        return stop.finish("stopped; the same command goes on");
      }
      print(results.get());
      return ExitCode.OK;
    }
  }

  /** What is shown of one run after another. */
  private static final class Progress implements AutoCloseable {
    private final TrainingProgress.Style style;
    private final GracefulStop stop;
    private final int runs;
    private TrainingProgress now;

    Progress(TrainingProgress.Style style, GracefulStop stop, int runs) {
      this.style = style;
      this.stop = stop;
      this.runs = runs;
    }

    TrainingProgress begins(int index, AblationPlan.Run run) {
      close();
      now = new TrainingProgress(System.err, style, stop);
      now.note("run " + (index + 1) + " of " + runs + ": " + run.variant().name() + ", seed " + run.seed());
      return now;
    }

    @Override
    public void close() {
      if (now != null) {
        now.close();
      }
    }
  }

  private void print(List<Ablation.Result> results) {
    if (format.json()) {
      System.out.println(json(results));
      return;
    }
    List<Column> columns = COLUMNS.stream()
        .filter(c -> results.stream().anyMatch(r -> !Double.isNaN(r.mean(c.measure)))).toList();
    List<String> headings = new ArrayList<>(List.of("variant"));
    columns.forEach(c -> headings.add(c.heading));
    List<List<String>> rows = new ArrayList<>();
    for (Ablation.Result r : results) {
      List<String> row = new ArrayList<>(List.of(r.variant().name()));
      columns.forEach(c -> row.add(c.cell(r)));
      rows.add(row);
    }
    format.lines(new TextTable(headings, rows, 0)).forEach(System.out::println);
    int seeds = results.getFirst().runs().size();
    System.out.println();
    System.out.println(seeds == 1 ? "One seed: how much of a difference is chance is not known."
        : "Mean and standard deviation of " + seeds + " seeds.");
  }

  private static ObjectNode json(List<Ablation.Result> results) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ArrayNode variants = root.putArray("variants");
    for (Ablation.Result r : results) {
      ObjectNode variant = variants.addObject().put("name", r.variant().name());
      ArrayNode runs = variant.putArray("runs");
      r.runs().forEach((seed, measures) -> {
        ObjectNode run = runs.addObject().put("seed", seed);
        measures.forEach(run::put);
      });
    }
    return root;
  }
}
