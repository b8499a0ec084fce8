package io.github.tsdsr.infer.norm;

import io.github.tsdsr.sd3.NormRule;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Statistics that one pass over a whole, shrunken picture leaves behind, for the passes over its tiles: these are then
 * independent of each other, need memory for one tile only, and show no seam.
 */
public final class SharedNorm {
  private final List<GroupStatistics> byLayer = new ArrayList<>();

  /** The plain rule, which notes every layer's statistics in the order in which the network comes to them. */
  public NormRule noting() {
    byLayer.clear();
    return (tape, norm, pieces, silu) -> {
      if (pieces.size() != 1) {
        throw new IllegalArgumentException(
            "statistics are noted over one whole picture, got " + pieces.size() + " pieces");
      }
      GroupStatistics statistics = GroupStatistics.of(tape, norm, pieces.getFirst());
      byLayer.add(statistics);
      return List.of(statistics.apply(tape, norm, pieces.getFirst(), silu));
    };
  }

  /** The rule for one pass over tiles: each layer uses what was noted for it. */
  public NormRule using() {
    Iterator<GroupStatistics> layers = byLayer.iterator();
    return (tape, norm, pieces, silu) -> {
      GroupStatistics statistics = layers.next();
      return pieces.stream().map(x -> statistics.apply(tape, norm, x, silu)).toList();
    };
  }
}
