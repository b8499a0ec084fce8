package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Copy;

/**
 * A 3x3 convolution of a picture of which every pixel was doubled in both directions. Of the three rows under the kernel two
 * are always the same row of x, and so are two of the columns: where no gradient is wanted, the result's four kinds of
 * pixels (even or odd row, even or odd column) come from 2x2 convolutions of x itself, with four ninths of the work and
 * without the large picture.
 */
public final class UpsampledConv2d {
  private static final ConvGeometry SAME = ConvGeometry.square(1, 1);

  private UpsampledConv2d() {}

  /**
   * @param x (N,H,W,C)
   * @param w (O,3,3,C)
   * @param bias (O), or null
   * @return (N,2H,2W,O)
   */
  public static Var apply(Tape tape, Var x, Var w, Var bias) {
    if (tape.records(x, w, bias)) {
      return tape.scoped(() -> Conv2d.apply(tape, Upsample.nearest2(tape, x), w, bias, SAME));
    }
    long n = x.size(0);
    long height = x.size(1);
    long width = x.size(2);
    long out = w.size(0);
    Tensor y = tape.empty(x.dtype(), n, 2 * height, 2 * width, out);
    Tensor pixels = y.reshape(n, height, 2, width, 2, out);
    try (Scope scope = tape.scope().inner()) {
      Tensor kernel = scope.copy(w.value(), x.dtype().accumulator());
      for (int row = 0; row < 2; row++) {
        Tensor rows = folded(scope, kernel, 1, row);
        for (int column = 0; column < 2; column++) {
          ConvGeometry geometry = new ConvGeometry(1, 1, 1 - row, row, 1 - column, column);
          tape.run(new io.github.tsdsr.tensor.op.Conv2d(
              x.value(), folded(scope, rows, 2, column), bias == null ? null : bias.value(), geometry,
              pixels.select(4, column).select(2, row)));
        }
      }
    }
    // No gradient is wanted, so there is no node.
    return tape.record(y, null, x, w);
  }

  /** Three taps as two: those that meet the same pixel are added, the last two for even pixels, the first two for odd ones. */
  private static Tensor folded(Scope scope, Tensor kernel, int axis, int odd) {
    long[] shape = kernel.shape();
    shape[axis] = 2;
    Tensor two = scope.empty(kernel.dtype(), shape);
    Tensor alone = kernel.slice(axis, 2L * odd, 2L * odd + 1);
    Tensor first = kernel.slice(axis, 1 - odd, 2 - odd);
    Tensor second = kernel.slice(axis, 2 - odd, 3 - odd);
    scope.backend().run(new Copy(alone, two.slice(axis, odd, odd + 1)));
    scope.backend().run(new Binary(Binary.Function.ADD, first, second, two.slice(axis, 1 - odd, 2 - odd)));
    return two;
  }
}
