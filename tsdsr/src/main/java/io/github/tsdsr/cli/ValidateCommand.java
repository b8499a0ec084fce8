package io.github.tsdsr.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.data.SimpleDegradation;
import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.infer.OneStepUpscaler;
import io.github.tsdsr.infer.UpscalerOptions;
import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.train.validation.Comparison;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tsdsr validate}. */
@Command(
    name = "validate",
    description = "Measures a model on photos: crops of 512x512, made four times smaller by bicubic, with noise"
        + " and JPEG, are upscaled and compared, beside bicubic interpolation.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  @Option(names = "--photos", paramLabel = "DIR", required = true, description = "Photos that the model has not seen.")
  private Path photos;

  @ArgGroup(exclusive = true)
  private ModelOptions model = new ModelOptions();

  @Option(names = "--crops-per-photo", paramLabel = "N", defaultValue = "1",
      description = "How many crops of each photo, the most detailed first (default: ${DEFAULT-VALUE}).")
  private int cropsPerPhoto;

  @Option(names = "--noise", paramLabel = "SIGMA", defaultValue = "8",
      description = "The noise's sigma in levels of 0..255 (default: ${DEFAULT-VALUE}).")
  private double noise;

  @Option(names = "--jpeg", paramLabel = "QUALITY", defaultValue = "75",
      description = "JPEG's quality, 1 to 100 (default: ${DEFAULT-VALUE}).")
  private int jpeg;

  @Option(names = "--ablation",
      description = "The same without the transformer's velocity (v = 0): what encoder and decoder alone would do.")
  private boolean ablation;

  @Mixin
  private PerceptualOptions perceptual;

  @ArgGroup(exclusive = true)
  private TableFormat format = new TableFormat();

  @Option(names = "--quiet", description = "No progress.")
  private boolean quiet;

  @Mixin
  private BackendOptions backendOptions;

  @Override
  public Integer call() throws Exception {
    if (cropsPerPhoto < 1) {
      throw new IllegalArgumentException("--crops-per-photo " + cropsPerPhoto + ": expected at least 1");
    }
    List<ValidationSet.Crop> crops =
        ValidationSet.standard(photos, cropsPerPhoto, SimpleDegradation.fixed(noise, jpeg));
    UpscalerOptions options = UpscalerOptions.defaults().withThreads(backendOptions.threads());
    options = model.on(options);
    options = backendOptions.memory().isEmpty() ? options : options.withMemory(backendOptions.memory().getAsLong());
    Optional<Comparison> without;
    Comparison ours;
    try (OpenParts open = new OpenParts()) {
      ours = compared(crops, perceptual.all(open, open.add(backendOptions.open())), options, "ours");
      without = ablation
          ? Optional.of(compared(crops, List.of(), options.withZeroVelocity(true), "v = 0"))
          : Optional.empty();
    }
    print(ours, without);
    return ExitCode.OK;
  }

  private Comparison compared(
      List<ValidationSet.Crop> crops, List<Metric> more, UpscalerOptions options, String what) {
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options)) {
      return Comparison.of(
          crops, more, rgb -> Pictures.rgb(upscaler.upscale(Pictures.image(rgb))), (i, row, _, _) -> {
            if (!quiet) {
              System.err.println(String.format(Locale.ROOT, "%s, %d of %d: %s %+.2f dB", what, i + 1, crops.size(),
                  name(row), row.gain()));
            }
          });
    }
  }

  private static String name(Comparison.Row row) {
    return row.crop().name() + " " + row.crop().x() + "," + row.crop().y();
  }

  private void print(Comparison ours, Optional<Comparison> without) {
    if (format.json()) {
      System.out.println(json(ours, without));
      return;
    }
    format.lines(table(ours, without)).forEach(System.out::println);
    String worst = String.format(Locale.ROOT, "Worst crop: %+.2f dB over bicubic.", ours.worstGain());
    System.out.println();
    System.out.println(worst + without.map(w -> String.format(Locale.ROOT,
        " With v = 0 the mean gain is %+.2f dB: the transformer gives %.2f dB.", w.mean(Comparison.Row::gain),
        ours.mean(Comparison.Row::gain) - w.mean(Comparison.Row::gain))).orElse(""));
  }

  private static TextTable table(Comparison ours, Optional<Comparison> without) {
    List<String> headings = new ArrayList<>(
        List.of("crop", "bicubic dB", "ours dB", "gain dB", "bicubic SSIM", "ours SSIM", "gain SSIM", "bicubic NIQE",
            "ours NIQE"));
    for (Metric m : ours.more()) {
      String name = m.label().toUpperCase(Locale.ROOT);
      headings.addAll(List.of("bicubic " + name, "ours " + name));
    }
    if (without.isPresent()) {
      headings.add("v = 0 dB");
    }
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < ours.rows().size(); i++) {
      int index = i;
      rows.add(cells(name(ours.rows().get(i)), ours.more().size(), c -> c.applyAsDouble(ours.rows().get(index)),
          without.map(w -> w.rows().get(index).psnr())));
    }
    rows.add(cells("mean of " + rows.size(), ours.more().size(), ours::mean,
        without.map(w -> w.mean(Comparison.Row::psnr))));
    return new TextTable(headings, rows, 1);
  }

  /** What a column is for a row, or for the mean. */
  private interface Values {
    double of(ToDoubleFunction<Comparison.Row> column);
  }

  private static List<String> cells(String name, int more, Values values, Optional<Double> without) {
    List<String> cells = new ArrayList<>(List.of(
        name, text("%.2f", values.of(Comparison.Row::bicubicPsnr)), text("%.2f", values.of(Comparison.Row::psnr)),
        text("%+.2f", values.of(Comparison.Row::gain)), text("%.4f", values.of(Comparison.Row::bicubicSsim)),
        text("%.4f", values.of(Comparison.Row::ssim)), text("%+.4f", values.of(Comparison.Row::ssimGain)),
        text("%.2f", values.of(Comparison.Row::bicubicNiqe)), text("%.2f", values.of(Comparison.Row::niqe))));
    for (int i = 0; i < more; i++) {
      int index = i;
      cells.add(text("%.4f", values.of(row -> row.bicubicMore().get(index))));
      cells.add(text("%.4f", values.of(row -> row.more().get(index))));
    }
    without.ifPresent(psnr -> cells.add(text("%.2f", psnr)));
    return cells;
  }

  private static String text(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static ObjectNode json(Comparison ours, Optional<Comparison> without) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ArrayNode crops = root.putArray("crops");
    for (int i = 0; i < ours.rows().size(); i++) {
      Comparison.Row row = ours.rows().get(i);
      int index = i;
      ObjectNode node = crops.addObject().put("photo", row.crop().name()).put("x", row.crop().x())
          .put("y", row.crop().y());
      put(node, ours.more(), c -> c.applyAsDouble(row), without.map(w -> w.rows().get(index).psnr()));
    }
    put(root.putObject("mean"), ours.more(), ours::mean, without.map(w -> w.mean(Comparison.Row::psnr)));
    root.put("worst_gain", ours.worstGain());
    return root;
  }

  private static void put(ObjectNode node, List<Metric> more, Values values, Optional<Double> without) {
    node.put("psnr_y_bicubic", values.of(Comparison.Row::bicubicPsnr)).put("psnr_y", values.of(Comparison.Row::psnr))
        .put("psnr_y_gain", values.of(Comparison.Row::gain))
        .put("ssim_bicubic", values.of(Comparison.Row::bicubicSsim)).put("ssim", values.of(Comparison.Row::ssim))
        .put("ssim_gain", values.of(Comparison.Row::ssimGain));
    double bicubicNiqe = values.of(Comparison.Row::bicubicNiqe);
    double niqe = values.of(Comparison.Row::niqe);
    node.put("niqe_bicubic", Double.isNaN(bicubicNiqe) ? null : bicubicNiqe).put("niqe",
        Double.isNaN(niqe) ? null : niqe);
    for (int i = 0; i < more.size(); i++) {
      int index = i;
      String label = more.get(i).label();
      node.put(label + "_bicubic", values.of(row -> row.bicubicMore().get(index)))
          .put(label, values.of(row -> row.more().get(index)));
    }
    without.ifPresent(psnr -> node.put("psnr_y_zero_velocity", psnr));
  }
}
