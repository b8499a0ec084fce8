package io.github.tsdsr.bench;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Attention;
import io.github.tsdsr.tensor.op.AttentionGrad;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.Linear;
import io.github.tsdsr.tensor.op.MatMul;
import io.github.tsdsr.tensor.op.Op;

/** Arithmetic of the operations that are products at heart: a multiplication and an addition count two. */
final class Work {
  private Work() {}

  /** Floating-point operations, 0 for what is not a product. */
  static double flops(Op op) {
    return switch (op) {
      case MatMul m -> 2.0 * m.y().count() * m.k();
      case Linear l -> 2.0 * l.y().count() * l.x().size(-1);
      case Conv2d c -> 2.0 * c.y().count() * taps(c.w());
      case Conv2dInputGrad c -> 2.0 * c.dy().count() * taps(c.w());
      case Conv2dWeightGrad c -> 2.0 * c.dy().count() * taps(c.dw());
      case Attention a -> 2.0 * scores(a.q(), a.k()) * (a.q().size(3) + a.v().size(3));
      // Scores again, their gradients, and three products with them.
      case AttentionGrad a -> 2.0 * scores(a.q(), a.k()) * (3 * a.q().size(3) + 2 * a.v().size(3));
      default -> 0;
    };
  }

  /** Products for one output. */
  private static double taps(Tensor kernel) {
    return (double) kernel.count() / kernel.size(0);
  }

  private static double scores(Tensor q, Tensor k) {
    return (double) q.size(0) * q.size(2) * q.size(1) * k.size(1);
  }
}
