package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Broadcast;
import java.util.List;

/**
 * All that a transformer derives from noise level and prompt alone: the embedded prompt and every block's modulation. For
 * a fixed time and prompt it is computed once, and the AdaLN weights (a third of the parameters) are not read again.
 */
public final class Condition {
  final Var context;
  final List<Modulation> image;
  final List<Modulation> text;
  final Modulation out;

  Condition(Var context, List<Modulation> image, List<Modulation> text, Modulation out) {
    this.context = context;
    this.image = image;
    this.text = text;
    this.out = out;
  }

  /** How many samples it is for. */
  public long batch() {
    return context.size(0);
  }

  /**
   * The same for a batch of n samples; gradients are summed over them.
   *
   * @throws IllegalArgumentException if it is for another number than n or 1
   */
  public Condition forBatch(Tape tape, long n) {
    if (n == batch()) {
      return this;
    }
    if (batch() != 1) {
      throw new IllegalArgumentException("a condition for " + batch() + " samples cannot serve " + n);
    }
    return new Condition(
        Broadcast.to(tape, context, n, context.size(1), context.size(2)),
        image.stream().map(m -> m.forBatch(tape, n)).toList(),
        text.stream().map(m -> m.forBatch(tape, n)).toList(),
        out.forBatch(tape, n));
  }
}
