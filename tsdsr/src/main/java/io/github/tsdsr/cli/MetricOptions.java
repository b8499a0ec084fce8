package io.github.tsdsr.cli;

import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.tensor.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is measured, and the files that some measures need. */
final class MetricOptions {
  private static final String LPIPS_WEIGHTS = "--lpips-weights";
  private static final String DISTS_WEIGHTS = "--dists-weights";

  @Option(names = "--metrics", paramLabel = "LIST", defaultValue = "psnr,ssim",
      description = "psnr and ssim (of luma), niqe, lpips, dists; default: ${DEFAULT-VALUE}.")
  private String list;

  @Option(names = LPIPS_WEIGHTS, paramLabel = "FILE", split = ",",
      description = "For lpips: torchvision's alexnet or vgg16 and the package lpips' alex.pth or vgg.pth, or one file"
          + " with all of it.")
  private List<Path> lpipsWeights;

  @Option(names = DISTS_WEIGHTS, paramLabel = "FILE", split = ",",
      description = "For dists: torchvision's vgg16 and the package dists-pytorch's weights.pt.")
  private List<Path> distsWeights;

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

  /** Opens a metric with its files. */
  private interface Opener {
    PerceptualMetric open(Backend backend, List<Path> files) throws IOException;
  }

  /**
   * Makes them.
   *
   * @throws IllegalArgumentException if one is not known or lacks its files
   */
  Opened open() throws Exception {
    Opened opened = new Opened();
    try {
      Map<String, Supplier<? extends Metric>> withFiles = new LinkedHashMap<>();
      withFiles.put(PerceptualMetric.LPIPS, () -> opened(opened, PerceptualMetric::lpips, lpipsWeights,
          "metric lpips: expected " + LPIPS_WEIGHTS + " with torchvision's alexnet and the package lpips' alex.pth"));
      withFiles.put(PerceptualMetric.DISTS, () -> opened(opened, PerceptualMetric::dists, distsWeights,
          "metric dists: expected " + DISTS_WEIGHTS + " with torchvision's vgg16 and dists-pytorch's weights.pt"));
      opened.metrics = Metric.named(list, withFiles);
      checkUsed(opened.metrics, PerceptualMetric.LPIPS, LPIPS_WEIGHTS, lpipsWeights);
      checkUsed(opened.metrics, PerceptualMetric.DISTS, DISTS_WEIGHTS, distsWeights);
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static void checkUsed(List<Metric> metrics, String label, String option, List<Path> files) {
    if (files != null && metrics.stream().noneMatch(m -> m.label().equals(label))) {
      throw new IllegalArgumentException(option + " without " + label + ": expected --metrics with " + label);
    }
  }

  private Metric opened(Opened opened, Opener opener, List<Path> files, String missing) {
    if (files == null) {
      throw new IllegalArgumentException(missing);
    }
    Backend backend = backendOptions.open();
    opened.resources.push(backend);
    try {
      PerceptualMetric metric = opener.open(backend, files);
      opened.resources.push(metric);
      return metric;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
