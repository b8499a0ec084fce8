package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.GroupNorm;
import io.github.tsdsr.tensor.op.GroupNormApply;
import io.github.tsdsr.tensor.op.GroupNormGrad;
import io.github.tsdsr.tensor.op.LayerNorm;
import io.github.tsdsr.tensor.op.LayerNormGrad;
import io.github.tsdsr.tensor.op.Linear;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.RmsNorm;
import io.github.tsdsr.tensor.op.RmsNormGrad;
import java.util.Optional;

/**
 * Biases and the weights of norms in half precision, as a checkpoint in BF16 has them: kernels read these vectors in F32, so
 * they are widened beside the operation. They are short, and widening is exact; without it the operation would run
 * element by element.
 */
final class HalfParameters {
  private HalfParameters() {}

  /** The same operation with its vectors in F32, copies in the scope; empty if it has none in half precision. */
  static Optional<Op> widened(Op op, Scope s) {
    return switch (op) {
      case Linear o when half(o.bias()) -> Optional.of(new Linear(o.x(), o.w(), wide(o.bias(), s), o.y()));
      case Conv2d o when half(o.bias()) ->
          Optional.of(new Conv2d(o.x(), o.w(), wide(o.bias(), s), o.geometry(), o.y()));
      case GroupNorm o when half(o.weight()) || half(o.bias()) -> Optional.of(new GroupNorm(
          o.x(), wide(o.weight(), s), wide(o.bias(), s), o.groups(), o.eps(), o.silu(), o.y(), o.statistics()));
      case GroupNormApply o when half(o.weight()) || half(o.bias()) -> Optional.of(new GroupNormApply(
          o.x(), wide(o.weight(), s), wide(o.bias(), s), o.statistics(), o.silu(), o.y()));
      case GroupNormGrad o when half(o.weight()) || half(o.bias()) -> Optional.of(new GroupNormGrad(
          o.x(), wide(o.weight(), s), wide(o.bias(), s), o.groups(), o.silu(), o.statistics(), o.dy(), o.dx(),
          o.dweight(), o.dbias()));
      case LayerNorm o when half(o.scale()) || half(o.shift()) -> Optional.of(new LayerNorm(
          o.x(), wide(o.scale(), s), wide(o.shift(), s), o.plus(), o.eps(), o.y(), o.statistics()));
      case LayerNormGrad o when half(o.scale()) -> Optional.of(new LayerNormGrad(
          o.x(), wide(o.scale(), s), o.plus(), o.statistics(), o.dy(), o.dx(), o.dscale(), o.dshift()));
      case RmsNorm o when half(o.weight()) ->
          Optional.of(new RmsNorm(o.x(), wide(o.weight(), s), o.eps(), o.y(), o.statistics()));
      case RmsNormGrad o when half(o.weight()) -> Optional.of(new RmsNormGrad(
          o.x(), wide(o.weight(), s), o.statistics(), o.dy(), o.dx(), o.dweight()));
      default -> Optional.empty();
    };
  }

  private static boolean half(Tensor t) {
    return t != null && (t.dtype() == DType.BF16 || t.dtype() == DType.F16);
  }

  private static Tensor wide(Tensor t, Scope s) {
    return half(t) ? s.copy(t, DType.F32) : t;
  }
}
