package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.nn.GroupNorm;
import java.util.List;

/**
 * How a group norm treats the pieces of a picture that go through an autoencoder in step. The plain rule is {@link #EACH};
 * tiling has rules that share statistics between pieces, so that no seam shows.
 */
@FunctionalInterface
public interface NormRule {
  /** Every piece by itself: the network as it is. */
  NormRule EACH = (tape, norm, pieces, silu) -> pieces.stream().map(x -> norm.apply(tape, x, silu)).toList();

  /**
   * @param norm the layer's weights
   * @param pieces what reaches the layer, each (N,H,W,C)
   * @param silu whether SiLU follows
   * @return a result for each piece
   */
  List<Var> apply(Tape tape, GroupNorm norm, List<Var> pieces, boolean silu);
}
