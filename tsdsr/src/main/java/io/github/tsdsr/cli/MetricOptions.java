package io.github.tsdsr.cli;

import io.github.tsdsr.metrics.LpipsMetric;
import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.tensor.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is measured, and the files that some measures need. */
final class MetricOptions {
  private static final String LPIPS_WEIGHTS = "--lpips-weights";

  @Option(names = "--metrics", paramLabel = "LIST", defaultValue = "psnr,ssim",
      description = "psnr and ssim (of luma), niqe, lpips; default: ${DEFAULT-VALUE}.")
  private String list;

  @Option(names = LPIPS_WEIGHTS, paramLabel = "FILE", split = ",",
      description = "For lpips: torchvision's alexnet or vgg16 and the package lpips' alex.pth or vgg.pth, or one file"
          + " with all of it.")
  private List<Path> lpipsWeights;

  @Mixin
  private BackendOptions backendOptions;

  /** The metrics, in the order they were named, until closed. */
  static final class Opened implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private List<Metric> metrics;

    List<Metric> metrics() {
      return metrics;
    }

    @Override
    public void close() throws Exception {
      while (!resources.isEmpty()) {
        resources.pop().close();
      }
    }
  }

  /**
   * Makes them.
   *
   * @throws IllegalArgumentException if one is not known or lacks its files
   */
  Opened open() throws Exception {
    Opened opened = new Opened();
    try {
      opened.metrics = Metric.named(list, Map.of(LpipsMetric.LABEL, () -> lpips(opened)));
      if (lpipsWeights != null && opened.metrics.stream().noneMatch(LpipsMetric.class::isInstance)) {
        throw new IllegalArgumentException(LPIPS_WEIGHTS + " without lpips: expected --metrics with lpips");
      }
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private LpipsMetric lpips(Opened opened) {
    if (lpipsWeights == null) {
      throw new IllegalArgumentException(
          "metric lpips: expected " + LPIPS_WEIGHTS + " with torchvision's alexnet and the package lpips' alex.pth");
    }
    Backend backend = backendOptions.open();
    opened.resources.push(backend);
    try {
      LpipsMetric metric = LpipsMetric.open(backend, lpipsWeights);
      opened.resources.push(metric);
      return metric;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
