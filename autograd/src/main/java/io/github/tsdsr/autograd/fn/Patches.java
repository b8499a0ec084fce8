package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;

/** Square patches of pictures as tokens, and back. Channels of a token are ordered row, column, channel. */
public final class Patches {
  private Patches() {}

  /**
   * y[n, i w + j, (r p + q) C + c] = x[n, i p + r, j p + q, c].
   *
   * @param x (N,h*p,w*p,C)
   * @return (N,h*w,p*p*C)
   */
  public static Var patchify(Tape tape, Var x, int p) {
    long n = x.size(0);
    long h = x.size(1) / p;
    long w = x.size(2) / p;
    long c = x.size(3);
    if (h * p != x.size(1) || w * p != x.size(2)) {
      throw new IllegalArgumentException(x.value() + " does not divide into patches of " + p + "x" + p);
    }
    Var split = View.reshape(tape, x, n, h, p, w, p, c);
    return View.reshape(tape, View.permute(tape, split, 0, 1, 3, 2, 4, 5), n, h * w, p * p * c);
  }

  /**
   * The inverse of {@link #patchify}.
   *
   * @param x (N,h*w,p*p*channels)
   * @return (N,h*p,w*p,channels)
   */
  public static Var unpatchify(Tape tape, Var x, long h, long w, int p, long channels) {
    long n = x.size(0);
    Var split = View.reshape(tape, x, n, h, w, p, p, channels);
    return View.reshape(tape, View.permute(tape, split, 0, 1, 3, 2, 4, 5), n, h * p, w * p, channels);
  }
}
