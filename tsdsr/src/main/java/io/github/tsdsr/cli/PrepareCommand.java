package io.github.tsdsr.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.data.pairs.LatentMaker;
import io.github.tsdsr.data.pairs.PairMaker;
import io.github.tsdsr.tensor.Backend;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsdsr prepare}. */
@Command(
    name = "prepare",
    description = "Makes a training set from a folder of photos, in the layout of the method's authors: gt/ with crops,"
        + " lr_bicubic/ with the same ones degraded and brought back to size, and latent_hr/ where a model is named. What is"
        + " there already is left as it is: after an interrupt the same command goes on.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "A folder of photos.")
  private Path photos;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "The set's folder.")
  private Path set;

  @Option(names = "--crop", paramLabel = "N", defaultValue = "512",
      description = "The side of the crops (default: ${DEFAULT-VALUE}).")
  private int crop;

  /** Which crops. */
  private static final class Selection {
    @Option(names = "--per-photo", paramLabel = "N",
        description = "Of the grid's cells at most so many of each photo, the most detailed first (default: all).")
    private Integer perPhoto;

    @Option(names = "--count", paramLabel = "N",
        description = "Instead of a grid so many crops drawn at random as training does: the more detailed of two, turned"
            + " and mirrored.")
    private Integer count;
  }

  @ArgGroup(exclusive = true)
  private Selection selection = new Selection();

  @Mixin
  private DegradationOptions degradationOptions;

  @Option(names = "--model", paramLabel = "DIR",
      description = "A model whose autoencoder makes latent_hr/ from the crops: mean times scaling factor, as .pt.")
  private Path model;

  @Mixin
  private BackendOptions backendOptions;

  @Option(names = "--json", description = "One object of JSON on stdout instead of a line.")
  private boolean json;

  @Option(names = "--quiet", description = "Errors only.")
  private boolean quiet;

  @Override
  public Integer call() throws Exception {
    PairMaker.Settings settings =
        new PairMaker.Settings(crop, selected(), degradationOptions.degradation(), degradationOptions.seed());
    if (backendOptions.threads() < 1) {
      throw new IllegalArgumentException("--threads " + backendOptions.threads() + ": expected at least 1");
    }
    return Interruption.guard(() -> prepare(settings));
  }

  private PairMaker.Selection selected() {
    if (selection.count != null) {
      return new PairMaker.Selection.Drawn(selection.count);
    }
    return new PairMaker.Selection.Grid(selection.perPhoto == null ? Integer.MAX_VALUE : selection.perPhoto);
  }

  private int prepare(PairMaker.Settings settings) throws Exception {
    PrepareReport report = new PrepareReport(System.err, quiet);
    PairMaker.Result result;
    try (report) {
      report.begins(selection.count == null ? "photos" : "pairs");
      result = PairMaker.make(photos, set, settings, backendOptions.threads(), report);
    }
    if (result.pairs() == 0) {
      throw new IllegalArgumentException(photos + ": no photo here is at least " + crop + "x" + crop);
    }
    int latents = model == null ? 0 : encode();
    print(result, latents);
    return report.failures() == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
  }

  private int encode() throws Exception {
    try (Backend backend = backendOptions.open(); PrepareReport report = new PrepareReport(System.err, quiet)) {
      report.begins("latents");
      return LatentMaker.make(backend, model, set, report);
    }
  }

  private void print(PairMaker.Result result, int latents) {
    if (json) {
      ObjectNode node = new ObjectMapper().createObjectNode().put("output", set.toString())
          .put("pairs", result.pairs()).put("new_pairs", result.written());
      System.out.println(model == null ? node : node.put("new_latents", latents));
    } else if (!quiet) {
      System.out.println(set + ": " + result.pairs() + " pairs, " + result.written() + " of them new"
          + (model == null ? "" : "; " + latents + " new latents"));
    }
  }
}
