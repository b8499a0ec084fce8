package io.github.tsdsr.train.distill;

import io.github.tsdsr.io.config.Config;

/**
 * New adapters.
 *
 * @param rank of their matrices
 * @param alpha the adapter is scaled by alpha / rank
 */
public record LoraSettings(int rank, double alpha) {
  /** The published rank and alpha. */
  private static final int PUBLISHED = 64;

  static LoraSettings of(Config c) {
    int rank = c.integer("rank", PUBLISHED);
    if (rank < 1) {
      throw c.refused("rank", "at least 1");
    }
    double alpha = c.number("alpha", rank);
    if (!(alpha > 0)) {
      throw c.refused("alpha", "a number above 0");
    }
    return new LoraSettings(rank, alpha);
  }

  double scale() {
    return alpha / rank;
  }
}
