package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.Formula;
import java.util.List;

/** The largest pixel of square windows, channel by channel: for the networks of perceptual metrics such as LPIPS. */
public final class MaxPool {
  private MaxPool() {}

  /**
   * Of equal pixels in a window the first in row order gets the gradient.
   *
   * @param x (N,H,W,C)
   * @param padding pixels around the picture that are never the largest
   * @param ceil whether a last window that is not full counts
   * @return (N,H',W',C), H' = (H + 2 padding - kernel) / stride + 1, rounded down, or up if ceil
   */
  public static Var apply(Tape tape, Var x, int kernel, int stride, int padding, boolean ceil) {
    PoolWindows windows = new PoolWindows(kernel, stride, padding, ceil);
    Tensor y = tape.empty(x.dtype(), x.size(0), windows.out(x.size(1)), windows.out(x.size(2)), x.size(3));
    tape.run(new Fill(y, Double.NEGATIVE_INFINITY));
    for (int r = 0; r < kernel; r++) {
      for (int s = 0; s < kernel; s++) {
        PoolWindows.Pair p = windows.at(r, s, x.value(), y);
        if (!p.isEmpty()) {
          tape.run(new Binary(Binary.Function.MAX, p.x(), p.y(), p.y()));
        }
      }
    }
    return tape.record(y, new Back(windows, x.value(), y), x);
  }

  private record Back(PoolWindows windows, Tensor x, Tensor y) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(x, y);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.accumulate(0, (dx, accumulate) -> {
        if (!accumulate) {
          into.run(new Fill(dx, 0));
        }
        // What is left of dy: a window's gradient is taken away once it has found its pixel.
        Tensor left = into.scope().copy(dy, into.dtype());
        Formula m = new Formula(into.backend(), into.scope(), into.dtype());
        for (int r = 0; r < windows.kernel(); r++) {
          for (int s = 0; s < windows.kernel(); s++) {
            PoolWindows.Pair values = windows.at(r, s, x, y);
            if (!values.isEmpty()) {
              PoolWindows.Pair gradients = windows.at(r, s, dx, left);
              Tensor hit = m.apply(Binary.Function.EQUAL, values.x(), values.y());
              into.run(new Binary(Binary.Function.MUL, hit, gradients.y(), hit));
              into.run(new Binary(Binary.Function.ADD, gradients.x(), hit, gradients.x()));
              into.run(new Binary(Binary.Function.SUB, gradients.y(), hit, gradients.y()));
              into.scope().free(hit);
            }
          }
        }
      });
    }
  }
}
