package io.github.tsdsr.cli;

import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.tensor.Backend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

  boolean hasLpips() {
    return lpipsWeights != null;
  }

  boolean hasDists() {
    return distsWeights != null;
  }

  /**
   * LPIPS.
   *
   * @param open owns what it holds
   * @throws IllegalArgumentException if no files are named
   */
  PerceptualMetric lpips(OpenParts open, Backend backend) throws IOException {
    if (lpipsWeights == null) {
      throw new IllegalArgumentException("metric lpips: expected " + LPIPS_WEIGHTS
          + " with torchvision's alexnet and the package lpips' alex.pth");
    }
    return open.add(PerceptualMetric.lpips(backend, lpipsWeights));
  }

  /**
   * DISTS.
   *
   * @param open owns what it holds
   * @throws IllegalArgumentException if no files are named
   */
  PerceptualMetric dists(OpenParts open, Backend backend) throws IOException {
    if (distsWeights == null) {
      throw new IllegalArgumentException("metric dists: expected " + DISTS_WEIGHTS
          + " with torchvision's vgg16 and dists-pytorch's weights.pt");
    }
    return open.add(PerceptualMetric.dists(backend, distsWeights));
  }

  /**
   * Those whose files are named.
   *
   * @param open owns what they hold
   */
  List<Metric> all(OpenParts open, Backend backend) throws IOException {
    List<Metric> metrics = new ArrayList<>();
    if (hasLpips()) {
      metrics.add(lpips(open, backend));
    }
    if (hasDists()) {
      metrics.add(dists(open, backend));
    }
    return metrics;
  }
}
