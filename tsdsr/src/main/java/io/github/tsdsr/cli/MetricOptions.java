package io.github.tsdsr.cli;

import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.tensor.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is measured, and the files that some measures need. */
final class MetricOptions {
  @Option(names = "--metrics", paramLabel = "LIST", defaultValue = "psnr,ssim",
      description = "psnr and ssim (of luma), niqe, lpips, dists; default: ${DEFAULT-VALUE}.")
  private String list;

  @Mixin
  private PerceptualOptions perceptual;

  @Mixin
  private BackendOptions backendOptions;

  private Backend backend;

  /** Opens a metric with its files. */
  private interface Opener {
    PerceptualMetric open(OpenParts open, Backend backend) throws IOException;
  }

  /**
   * The metrics, in the order they were named.
   *
   * @param open owns what they hold
   * @throws IllegalArgumentException if one is not known or lacks its files
   */
  List<Metric> open(OpenParts open) {
    List<Metric> metrics = Metric.named(list, Map.of(
        PerceptualMetric.LPIPS, supplier(open, perceptual::lpips),
        PerceptualMetric.DISTS, supplier(open, perceptual::dists)));
    checkUsed(metrics, PerceptualMetric.LPIPS, PerceptualOptions.LPIPS_WEIGHTS, perceptual.hasLpips());
    checkUsed(metrics, PerceptualMetric.DISTS, PerceptualOptions.DISTS_WEIGHTS, perceptual.hasDists());
    return metrics;
  }

  private static void checkUsed(List<Metric> metrics, String label, String option, boolean given) {
    if (given && metrics.stream().noneMatch(m -> m.label().equals(label))) {
      throw new IllegalArgumentException(option + " without " + label + ": expected --metrics with " + label);
    }
  }

  private Supplier<Metric> supplier(OpenParts open, Opener opener) {
    return () -> {
      if (backend == null) {
        backend = open.add(backendOptions.open());
      }
      try {
        return opener.open(open, backend);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
