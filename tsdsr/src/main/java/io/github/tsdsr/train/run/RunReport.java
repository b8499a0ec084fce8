package io.github.tsdsr.train.run;

import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.train.report.Chart;
import io.github.tsdsr.train.report.Page;
import io.github.tsdsr.train.report.Series;
import io.github.tsdsr.train.validation.Comparison;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes a run's {@code report.html} from what its folder holds. */
public final class RunReport {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String NORM = "norm";
  private static final String RATE = "rate";
  private static final String RECONSTRUCTION = "psnr_y_reconstruction";

  /** How a value of the log is called on the page. */
  private record Title(String title, String note) {}

  private static final Map<String, Title> TITLES = Map.ofEntries(
      Map.entry("l1", new Title("Reconstruction loss", "mean absolute difference, pictures in [-1, 1]")),
      Map.entry("kl", new Title("KL divergence", "of the latents from a standard normal")),
      Map.entry("image", new Title("Image loss", "mean absolute difference after the decoder")),
      Map.entry("latent", new Title("Latent loss", "mean square, as a part of the latents' variance")),
      Map.entry("flow", new Title("Flow matching loss", "mean square of the velocity's error")),
      Map.entry("flow_validation", new Title("Flow matching loss of validation crops", "at five fixed levels")),
      Map.entry("tsd", new Title("TSD loss", "half the mean square of its direction at the latent")),
      Map.entry("mse", new Title("Latent MSE", "also where it does not count")),
      Map.entry("perceptual", new Title("Perceptual loss", "before its weight")),
      Map.entry("total", new Title("Student's loss", "the weighted sum of its phase")),
      Map.entry("lora", new Title("LoRA model's loss", "of denoising the student's latents")),
      Map.entry("norm_lora", new Title("LoRA model's gradient norm", "before clipping")),
      Map.entry("rate_lora", new Title("LoRA model's learning rate", "")),
      Map.entry(NORM, new Title("Gradient norm", "of all parameters together, before clipping")),
      Map.entry(RATE, new Title("Learning rate", "")),
      Map.entry(RECONSTRUCTION, new Title("PSNR of reconstructions", "dB of luma; a student cannot exceed it")),
      Map.entry(PerceptualMetric.LPIPS, new Title("LPIPS", "lower is better; mean of the crops")),
      Map.entry(Comparison.NIQE, new Title("NIQE", "lower is better; mean of the crops")),
      Map.entry(Comparison.SSIM_GAIN, new Title("SSIM gain", "over bicubic, luma, mean of the crops")));

  private final RunFolder folder;
  private final TrainingRun run;
  private final String description;
  private final String configuration;

  /**
   * @param description what is trained
   * @param configuration as JSON
   */
  public RunReport(RunFolder folder, TrainingRun run, String description, String configuration) {
    this.folder = folder;
    this.run = run;
    this.description = description;
    this.configuration = configuration;
  }

  /** Writes the page anew. */
  public void write(Sessions sessions) throws IOException {
    List<TrainingLog.Entry> log = TrainingLog.read(folder.log());
    if (log.isEmpty()) {
      return;
    }
    Map<String, Series> curves = curves(log);
    long done = log.getLast().step() + 1;
    ValidationPictures.Saved pictures = ValidationPictures.read(folder.strips());
    Page page = new Page(
        run.folder().toAbsolutePath().normalize().getFileName().toString(), description,
        (double) done / run.steps(), highlights(curves, done, sessions), groups(curves, log.size()),
        pictures.strips(), "The middle 256x256 pixels of validation crops, after " + pictures.steps() + " steps.",
        tables(sessions));
    byte[] bytes = page.html().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.report(), bytes);
  }

  private static Map<String, Series> curves(List<TrainingLog.Entry> log) {
    Set<String> names = new LinkedHashSet<>();
    log.forEach(e -> names.addAll(e.values().keySet()));
    Map<String, Series> curves = new LinkedHashMap<>();
    for (String name : names) {
      List<TrainingLog.Entry> there =
          log.stream().filter(e -> Double.isFinite(e.values().getOrDefault(name, Double.NaN))).toList();
      if (!there.isEmpty()) {
        curves.put(name, new Series(
            name, there.stream().mapToDouble(e -> e.step() + 1).toArray(),
            there.stream().mapToDouble(e -> e.values().get(name)).toArray()));
      }
    }
    return curves;
  }

  private List<Page.Group> groups(Map<String, Series> curves, int steps) {
    List<Chart> losses = new ArrayList<>();
    List<Chart> course = new ArrayList<>();
    List<Chart> measures = new ArrayList<>(validation(curves));
    curves.forEach((name, curve) -> {
      if (name.startsWith(NORM) || name.startsWith(RATE)) {
        course.add(chart(name, name.startsWith(NORM), List.of(curve)));
      } else if (curve.x().length == steps) {
        losses.add(chart(name, true, List.of(curve)));
      } else if (!Set.of(Comparison.PSNR, Comparison.PSNR_GAIN, Comparison.WORST_GAIN).contains(name)) {
        measures.add(chart(name, false, List.of(curve)));
      }
    });
    List<Page.Group> groups = new ArrayList<>();
    addGroup(groups, "Validation", measures);
    addGroup(groups, "Losses", losses);
    addGroup(groups, "Optimisation", course);
    return groups;
  }

  private static void addGroup(Collection<Page.Group> groups, String heading, List<Chart> charts) {
    if (!charts.isEmpty()) {
      groups.add(new Page.Group(heading, charts));
    }
  }

  private Chart chart(String name, boolean noisy, List<Series> series) {
    Title title = TITLES.getOrDefault(name, new Title(name, ""));
    return new Chart(title.title, title.note, series, noisy, run.steps());
  }

  /** PSNR beside bicubic's, and by how much it is better. */
  private List<Chart> validation(Map<String, Series> curves) {
    Series psnr = curves.get(Comparison.PSNR);
    Series gain = curves.get(Comparison.PSNR_GAIN);
    Series worst = curves.get(Comparison.WORST_GAIN);
    if (psnr == null || gain == null || worst == null || psnr.x().length != gain.x().length) {
      return List.of();
    }
    double[] bicubic = new double[psnr.y().length];
    for (int i = 0; i < bicubic.length; i++) {
      bicubic[i] = psnr.y()[i] - gain.y()[i];
    }
    return List.of(
        new Chart(
            "PSNR", "dB of luma, mean of the crops",
            List.of(new Series("ours", psnr.x(), psnr.y()), new Series("bicubic", psnr.x(), bicubic)), false,
            run.steps()),
        new Chart(
            "PSNR gain", "dB over bicubic",
            List.of(new Series("mean", gain.x(), gain.y()), new Series("worst crop", worst.x(), worst.y())), false,
            run.steps()));
  }

  private List<Page.Fact> highlights(Map<String, Series> curves, long done, Sessions sessions) {
    List<Page.Fact> facts = new ArrayList<>();
    facts.add(new Page.Fact("steps", done + " of " + run.steps()));
    last(curves, Comparison.PSNR_GAIN)
        .ifPresent(v -> facts.add(new Page.Fact("PSNR over bicubic", text("%+.2f dB", v))));
    last(curves, Comparison.SSIM_GAIN)
        .ifPresent(v -> facts.add(new Page.Fact("SSIM over bicubic", text("%+.4f", v))));
    last(curves, RECONSTRUCTION).ifPresent(v -> facts.add(new Page.Fact("reconstruction", text("%.2f dB", v))));
    facts.add(new Page.Fact("trained for", duration(sessions.all().stream().mapToDouble(Sessions.Session::seconds)
        .sum())));
    Sessions.Session now = sessions.all().getLast();
    if (now.last() > now.first() && done < run.steps()) {
      double each = now.seconds() / (now.last() - now.first());
      facts.add(new Page.Fact("to go, about", duration(each * (run.steps() - done))));
    }
    return facts;
  }

  private static Optional<Double> last(Map<String, Series> curves, String name) {
    return Optional.ofNullable(curves.get(name)).map(s -> s.y()[s.y().length - 1]);
  }

  private List<Page.Table> tables(Sessions sessions) {
    List<List<String>> facts = new ArrayList<>();
    facts.add(List.of("parameters", text("%,d", run.parameters())));
    facts.add(List.of("pictures", run.pictures()));
    facts.add(List.of("a step", run.batch() + " crops of " + run.crop() + "x" + run.crop()));
    List<List<String>> rows = new ArrayList<>();
    for (Sessions.Session s : sessions.all()) {
      long steps = s.last() - s.first();
      rows.add(List.of(
          date(s.began()), date(s.ended()), s.first() + " to " + s.last(),
          steps == 0 ? "" : text("%.3f s, %.1f crops/s", s.seconds() / steps, steps * run.batch() / s.seconds()),
          s.backend()));
    }
    return List.of(
        new Page.Table("Training", List.of(), facts),
        new Page.Table("Configuration", List.of(), Provenance.lines(configuration).stream()
            .map(line -> List.of(line.split(": ", 2))).toList()),
        new Page.Table("Sessions", List.of("began", "ended", "steps", "a step took", "on"), rows));
  }

  private static String date(Instant time) {
    return DATE.format(time);
  }

  private static String duration(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return s + " s";
    }
    return s < 3600 ? text("%d min %02d s", s / 60, s % 60) : text("%d h %02d min", s / 3600, s / 60 % 60);
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
