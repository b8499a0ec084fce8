package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Broadcast;
import io.github.tsdsr.autograd.fn.View;

/**
 * What one adaptive layer norm (AdaLN) makes of the conditioning: shifts, scales and gates, each (B,1,d), in the order of
 * the checkpoint's linear layer.
 */
record Modulation(Var parts, int count) {
  /** The n-th of the parts. */
  Var part(Tape tape, int n) {
    return View.chunk(tape, parts, 2, n, count);
  }

  /** The same for a batch of n, if this is for a batch of one. */
  Modulation forBatch(Tape tape, long n) {
    return of(Broadcast.to(tape, parts, n, 1, parts.size(2)));
  }

  /** As many parts of other values. */
  Modulation of(Var others) {
    return new Modulation(others, count);
  }
}
