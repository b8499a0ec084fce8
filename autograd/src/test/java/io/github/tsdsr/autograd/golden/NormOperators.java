package io.github.tsdsr.autograd.golden;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.GatedResidual;
import io.github.tsdsr.autograd.fn.LayerNorm;
import io.github.tsdsr.autograd.fn.RmsNorm;
import io.github.tsdsr.autograd.fn.Softmax;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.autograd.nn.GroupNorm;

/** Norms, softmax and the gated residual, as the golden families have them. */
final class NormOperators {
  private NormOperators() {}

  static void softmax(Trial t) {
    Var x = t.in("x");
    int axis = t.integer("axis");
    if (axis == -1) {
      t.out("y", Softmax.apply(t.tape(), x));
    } else {
      // The golden case is (2,7,5) along axis 1; the function's is the last one.
      t.out("y", Softmax.apply(t.tape(), View.permute(t.tape(), x, 0, 2, 1)), 0, 2, 1);
    }
  }

  static void layerNorm(Trial t) {
    Tape tape = t.tape();
    Var x = t.in("x");
    long width = x.size(-1);
    Var tokens = View.reshape(tape, x, 1, x.value().count() / width, width);
    Var weight = t.flag("affine") ? t.in("weight") : null;
    Var bias = t.flag("affine") ? t.in("bias") : null;
    Var y = LayerNorm.apply(tape, tokens, weight, bias, 0, t.number("eps"));
    t.out("y", View.reshape(tape, y, x.shape()));
  }

  static void layerNormModulate(Trial t) {
    t.out("y", LayerNorm.apply(t.tape(), t.in("x"), row(t, "scale"), row(t, "shift"), 1, t.number("eps")));
  }

  static void gatedResidual(Trial t) {
    t.out("z", GatedResidual.apply(t.tape(), t.in("x"), row(t, "gate"), t.in("y")));
  }

  /** (B,C) as (B,1,C). */
  private static Var row(Trial t, String name) {
    Var x = t.in(name);
    return View.reshape(t.tape(), x, x.size(0), 1, x.size(1));
  }

  static void rmsNorm(Trial t) {
    t.out("y", RmsNorm.apply(t.tape(), t.in("x"), t.in("weight"), t.number("eps")));
  }

  static void groupNorm(Trial t) {
    t.outPicture("y", groupNorm(t, false));
  }

  static void groupNormSilu(Trial t) {
    t.outPicture("y", groupNorm(t, true));
  }

  private static Var groupNorm(Trial t, boolean silu) {
    GroupNorm layer = new GroupNorm(
        t.in("weight").value(), t.in("bias").value(), t.integer("groups"), t.number("eps"));
    return layer.apply(t.tape(), t.picture("x"), silu);
  }
}
