package io.github.tsdsr.autograd.optim;

/**
 * The learning rate as a factor of its base, by optimiser step k from 0. The names and values are those of diffusers'
 * get_scheduler; with a warm-up the first step has rate 0.
 */
public sealed interface Schedule {
  /** The factor at step k. */
  double at(long k);

  /** Always 1. */
  record Constant() implements Schedule {
    @Override
    public double at(long k) {
      return 1;
    }
  }

  /** k / warmUp, then 1. */
  record ConstantWithWarmUp(long warmUp) implements Schedule {
    @Override
    public double at(long k) {
      return k < warmUp ? rising(k, warmUp) : 1;
    }
  }

  /** Up, then down in a line to 0 at the total. */
  record Linear(long warmUp, long total) implements Schedule {
    @Override
    public double at(long k) {
      return k < warmUp ? rising(k, warmUp) : Math.max(0, (double) (total - k) / Math.max(1, total - warmUp));
    }
  }

  /** Up, then (1 + cos(pi p)) / 2, which rises again after the total. */
  record Cosine(long warmUp, long total) implements Schedule {
    @Override
    public double at(long k) {
      return k < warmUp ? rising(k, warmUp) : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress(k, warmUp, total))));
    }
  }

  /** Up, then several cosines from 1 to 0; 0 from the total on. */
  record CosineWithRestarts(long warmUp, long total, int cycles) implements Schedule {
    @Override
    public double at(long k) {
      if (k < warmUp) {
        return rising(k, warmUp);
      }
      double p = progress(k, warmUp, total);
      return p >= 1 ? 0 : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * (cycles * p % 1.0))));
    }
  }

  /**
   * Up, then (1 - end) (1 - p)^power + end; end from the total on.
   *
   * @param end the last factor: 1e-7 / base rate in diffusers
   */
  record Polynomial(long warmUp, long total, double power, double end) implements Schedule {
    @Override
    public double at(long k) {
      if (k < warmUp) {
        return rising(k, warmUp);
      }
      return k > total ? end : (1 - end) * Math.pow(1 - progress(k, warmUp, total), power) + end;
    }
  }

  private static double rising(long k, long warmUp) {
    return (double) k / Math.max(1, warmUp);
  }

  private static double progress(long k, long warmUp, long total) {
    return (double) (k - warmUp) / Math.max(1, total - warmUp);
  }
}
