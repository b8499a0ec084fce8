package io.github.tsdsr.data.degrade;

import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.data.Range;
import java.util.List;

/**
 * How a resizing is drawn: up, down or not at all by the weights, and one of the three interpolations.
 *
 * @param weights of up, down and keep, in proportion
 * @param factor what sides are multiplied with: down from its lower end to 1, up from 1 to its upper end
 */
public record ResizeRule(List<Double> weights, Range factor) {
  private enum Direction {
    UP,
    DOWN,
    KEEP
  }

  /** A resizing that was drawn. */
  public record Drawn(double factor, Interpolation by) {}

  public ResizeRule {
    weights = List.copyOf(weights);
    if (weights.size() != 3 || weights.stream().anyMatch(w -> !(w >= 0))
        || !(weights.stream().mapToDouble(w -> w).sum() > 0)) {
      throw new IllegalArgumentException("resizing with weights " + weights
          + ": expected three for up, down and keep, none negative, not all of them 0");
    }
    if (!(factor.low() > 0 && factor.low() <= 1 && factor.high() >= 1)) {
      throw new IllegalArgumentException("resizing from " + factor.low() + " to " + factor.high()
          + ": expected above 0, with 1 among them");
    }
  }

  /** A resizing; always takes as many numbers from the stream. */
  Drawn draw(RandomStream random) {
    Direction direction = Chances.pick(List.of(Direction.values()), weights, random);
    double within = random.uniform();
    Interpolation by = interpolation(random);
    return new Drawn(switch (direction) {
      case UP -> 1 + (factor.high() - 1) * within;
      case DOWN -> factor.low() + (1 - factor.low()) * within;
      case KEEP -> 1;
    }, by);
  }

  /** One of the three. */
  static Interpolation interpolation(RandomStream random) {
    return Interpolation.values()[random.below(Interpolation.values().length)];
  }
}
