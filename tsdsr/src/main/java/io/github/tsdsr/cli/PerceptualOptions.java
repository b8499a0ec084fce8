package io.github.tsdsr.cli;

import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.tensor.Backend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import picocli.CommandLine.Option;

/** The files that perceptual metrics need. */
final class PerceptualOptions {
  static final String LPIPS_WEIGHTS = "--lpips-weights";
  static final String DISTS_WEIGHTS = "--dists-weights";

  @Option(names = LPIPS_WEIGHTS, paramLabel = "FILE", split = ",",
      description = "For lpips: torchvision's alexnet or vgg16 and the package lpips' alex.pth or vgg.pth, or one file"
          + " with all of it.")
  private List<Path> lpipsWeights;

  @Option(names = DISTS_WEIGHTS, paramLabel = "FILE", split = ",",
      description = "For dists: torchvision's vgg16 and the package dists-pytorch's weights.pt.")
  private List<Path> distsWeights;

  /** Metrics with what they hold, until closed. */
  static final class Opened implements AutoCloseable {
    private final Deque<PerceptualMetric> open = new ArrayDeque<>();

    private PerceptualMetric add(PerceptualMetric metric) {
      open.push(metric);
      return metric;
    }

    @Override
    public void close() {
      while (!open.isEmpty()) {
        open.pop().close();
      }
    }
  }

  boolean hasLpips() {
    return lpipsWeights != null;
  }

  boolean hasDists() {
    return distsWeights != null;
  }

  /**
   * LPIPS.
   *
   * @throws IllegalArgumentException if no files are named
   */
  PerceptualMetric lpips(Opened opened, Backend backend) throws IOException {
    if (lpipsWeights == null) {
      throw new IllegalArgumentException("metric lpips: expected " + LPIPS_WEIGHTS
          + " with torchvision's alexnet and the package lpips' alex.pth");
    }
    return opened.add(PerceptualMetric.lpips(backend, lpipsWeights));
  }

  /**
   * DISTS.
   *
   * @throws IllegalArgumentException if no files are named
   */
  PerceptualMetric dists(Opened opened, Backend backend) throws IOException {
    if (distsWeights == null) {
      throw new IllegalArgumentException("metric dists: expected " + DISTS_WEIGHTS
          + " with torchvision's vgg16 and dists-pytorch's weights.pt");
    }
    return opened.add(PerceptualMetric.dists(backend, distsWeights));
  }

  /** Those whose files are named. */
  List<Metric> all(Opened opened, Backend backend) throws IOException {
    List<Metric> metrics = new ArrayList<>();
    if (hasLpips()) {
      metrics.add(lpips(opened, backend));
    }
    if (hasDists()) {
      metrics.add(dists(opened, backend));
    }
    return metrics;
  }
}
