package io.github.tsdsr.cli;

import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.metrics.PerceptualMetric;
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

  /** The metrics, in the order they were named, until closed. */
  static final class Opened implements AutoCloseable {
    private final PerceptualOptions.Opened files = new PerceptualOptions.Opened();
    private Backend backend;
    private List<Metric> metrics;

    List<Metric> metrics() {
      return metrics;
    }

    private Backend backend(BackendOptions options) {
      if (backend == null) {
        backend = options.open();
      }
      return backend;
    }

    @Override
    public void close() {
      files.close();
      if (backend != null) {
        backend.close();
      }
    }
  }

  /** Opens a metric with its files. */
  private interface Opener {
    PerceptualMetric open(PerceptualOptions.Opened files, Backend backend) throws IOException;
  }

  /**
   * Makes them.
   *
   * @throws IllegalArgumentException if one is not known or lacks its files
   */
  Opened open() {
    Opened opened = new Opened();
    try {
      opened.metrics = Metric.named(list, Map.of(
          PerceptualMetric.LPIPS, supplier(opened, perceptual::lpips),
          PerceptualMetric.DISTS, supplier(opened, perceptual::dists)));
      checkUsed(opened.metrics, PerceptualMetric.LPIPS, PerceptualOptions.LPIPS_WEIGHTS, perceptual.hasLpips());
      checkUsed(opened.metrics, PerceptualMetric.DISTS, PerceptualOptions.DISTS_WEIGHTS, perceptual.hasDists());
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static void checkUsed(List<Metric> metrics, String label, String option, boolean given) {
    if (given && metrics.stream().noneMatch(m -> m.label().equals(label))) {
      throw new IllegalArgumentException(option + " without " + label + ": expected --metrics with " + label);
    }
  }

  private Supplier<Metric> supplier(Opened opened, Opener opener) {
    return () -> {
      try {
        return opener.open(opened.files, opened.backend(backendOptions));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
