package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Fill;
import java.util.List;

/** The mean of square windows, channel by channel: for pictures shrunken in losses and networks of metrics. */
public final class AveragePool {
  private AveragePool() {}

  /**
   * @param x (N,H,W,C)
   * @param padding zero pixels around the picture
   * @param countPadding whether these count in the mean
   * @return (N,H',W',C), H' = (H + 2 padding - kernel) / stride + 1, rounded down
   */
  public static Var apply(Tape tape, Var x, int kernel, int stride, int padding, boolean countPadding) {
    PoolWindows windows = new PoolWindows(kernel, stride, padding, false);
    return tape.scoped(() -> {
      long h = windows.out(x.size(1));
      long w = windows.out(x.size(2));
      Tensor sum = tape.empty(x.dtype().accumulator(), x.size(0), h, w, x.size(3));
      tape.run(new Fill(sum, 0));
      for (int r = 0; r < kernel; r++) {
        for (int s = 0; s < kernel; s++) {
          PoolWindows.Pair p = windows.at(r, s, x.value(), sum);
          if (!p.isEmpty()) {
            tape.run(new Binary(Binary.Function.ADD, p.x(), p.y(), p.y()));
          }
        }
      }
      Tensor share = shares(tape.scope(), windows, x.value(), countPadding);
      Tensor y = tape.empty(x.dtype(), sum.shape());
      tape.run(new Binary(Binary.Function.MUL, sum, share, y));
      return tape.record(y, new Back(windows, share), x);
    });
  }

  /** One over the number of pixels of each window: (1,H',W',1). */
  private static Tensor shares(Scope scope, PoolWindows windows, Tensor x, boolean countPadding) {
    int h = Math.toIntExact(windows.out(x.size(1)));
    int w = Math.toIntExact(windows.out(x.size(2)));
    double all = (double) windows.kernel() * windows.kernel();
    double[] share = new double[h * w];
    for (int i = 0; i < h; i++) {
      for (int j = 0; j < w; j++) {
        double inside = (double) windows.inside(x.size(1), i) * windows.inside(x.size(2), j);
        share[i * w + j] = 1 / (countPadding ? all : inside);
      }
    }
    return Values.tensor(scope, x.dtype().accumulator(), share, 1, h, w, 1);
  }

  private record Back(PoolWindows windows, Tensor share) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(share);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.accumulate(0, (dx, accumulate) -> {
        if (!accumulate) {
          into.run(new Fill(dx, 0));
        }
        Tensor each = into.empty(dy.shape());
        into.run(new Binary(Binary.Function.MUL, dy, share, each));
        for (int r = 0; r < windows.kernel(); r++) {
          for (int s = 0; s < windows.kernel(); s++) {
            PoolWindows.Pair p = windows.at(r, s, dx, each);
            if (!p.isEmpty()) {
              into.run(new Binary(Binary.Function.ADD, p.x(), p.y(), p.x()));
            }
          }
        }
      });
    }
  }
}
