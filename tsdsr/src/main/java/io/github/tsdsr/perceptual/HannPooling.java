package io.github.tsdsr.perceptual;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Conv2d;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Unary;

/** sqrt(h * x^2 + 1e-12) at every second pixel, h the Hann window of 3x3, zeros around: DISTS' pooling without aliasing. */
final class HannPooling implements ConvFeatures.Pooling {
  private static final float[] HANN = {
    1 / 16f, 1 / 8f, 1 / 16f, 1 / 8f, 1 / 4f, 1 / 8f, 1 / 16f, 1 / 8f, 1 / 16f};
  private static final double EPS = 1e-12;
  private static final ConvGeometry EVERY_SECOND = ConvGeometry.square(2, 1);

  @Override
  public Var apply(Tape tape, Var x, int window) {
    return tape.scoped(() -> {
      long n = x.size(0);
      long c = x.size(3);
      Var squares = Elementwise.apply(tape, Unary.Function.SQUARE, x);
      // Channels as pictures of one channel: the window is the same for all.
      Var planes = View.reshape(
          tape, View.permute(tape, squares, 0, 3, 1, 2), n * c, x.size(1), x.size(2), 1);
      Var hann = tape.leaf(Values.tensor(tape.scope(), x.dtype(), HANN, 1, 3, 3, 1));
      Var half = Conv2d.apply(tape, planes, hann, null, EVERY_SECOND);
      Var channelsLast = View.permute(
          tape, View.reshape(tape, half, n, c, half.size(1), half.size(2)), 0, 2, 3, 1);
      return Elementwise.apply(tape, Unary.Function.SQRT, Affine.apply(tape, channelsLast, 1, EPS));
    });
  }
}
