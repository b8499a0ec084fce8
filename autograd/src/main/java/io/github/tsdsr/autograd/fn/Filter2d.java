package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.op.ConvGeometry;

/**
 * One kernel for all channels of a picture, another for each picture: for the blurs of a degradation on the tape.
 */
public final class Filter2d {
  private Filter2d() {}

  /**
   * Cross-correlation (the kernel is not flipped) of the picture mirrored at its edges.
   *
   * @param x (N,H,W,C), sides above half the kernel
   * @param kernel (N,k,k), k odd
   * @return as x
   */
  public static Var apply(Tape tape, Var x, Var kernel) {
    long k = kernel.size(1);
    if (k % 2 == 0 || kernel.size(2) != k || kernel.size(0) != x.size(0)) {
      throw new IllegalArgumentException(
          "expected " + x.size(0) + " square kernels with odd sides, got " + kernel.value());
    }
    return tape.scoped(() -> {
      Var padded = Pad.reflect(tape, x, k / 2, k / 2, k / 2, k / 2);
      Var[] pictures = new Var[Math.toIntExact(x.size(0))];
      for (int n = 0; n < pictures.length; n++) {
        // Channels as a batch of pictures of one channel.
        Var planes = View.permute(tape, View.slice(tape, padded, 0, n, n + 1), 3, 1, 2, 0);
        Var weight = View.reshape(tape, View.slice(tape, kernel, 0, n, n + 1), 1, k, k, 1);
        Var filtered = Conv2d.apply(tape, planes, weight, null, ConvGeometry.square(1, 0));
        pictures[n] = View.permute(tape, filtered, 3, 1, 2, 0);
      }
      return Concat.apply(tape, 0, pictures);
    });
  }
}
