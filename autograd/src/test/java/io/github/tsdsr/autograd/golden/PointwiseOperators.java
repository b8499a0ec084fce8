package io.github.tsdsr.autograd.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Activate;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Clamp;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.autograd.fn.Reductions;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.tensor.op.Unary;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** Element-wise functions, broadcast arithmetic, reductions and losses, as the golden families have them. */
final class PointwiseOperators {
  private PointwiseOperators() {}

  static void activation(Trial t) {
    String name = t.text("act");
    t.out("y", name.equals("leaky_relu_0.2")
        ? Activate.apply(t.tape(), Unary.Function.LEAKY_RELU, 0.2, t.in("x"))
        : Activate.apply(t.tape(), function(name), t.in("x")));
  }

  static void unary(Trial t) {
    Tape tape = t.tape();
    Var x = t.in("x");
    String f = t.text("f");
    if (f.startsWith("clamp")) {
      assertEquals("clamp(-1,1)", f);
      t.out("y", Clamp.apply(tape, x, -1, 1));
    } else {
      t.out("y", f.equals("neg") ? Affine.apply(tape, x, -1, 0) : Elementwise.apply(tape, function(f), x));
    }
  }

  private static Unary.Function function(String name) {
    return Unary.Function.valueOf(name.toUpperCase(Locale.ROOT));
  }

  static void reduceOrBroadcast(Trial t) {
    Tape tape = t.tape();
    t.out("y", switch (t.text("op")) {
      case "add" -> Arithmetic.add(tape, t.in("a"), t.in("b"));
      case "sub" -> Arithmetic.sub(tape, t.in("a"), t.in("b"));
      case "mul" -> Arithmetic.mul(tape, t.in("a"), t.in("b"));
      case "div" -> Arithmetic.div(tape, t.in("a"), t.in("b"));
      case "maximum" -> Arithmetic.maximum(tape, t.in("a"), t.in("b"));
      case "minimum" -> Arithmetic.minimum(tape, t.in("a"), t.in("b"));
      case "sum" -> Reductions.sum(tape, t.in("x"), axes(t));
      case "mean" -> Reductions.mean(tape, t.in("x"), axes(t));
      case "max" -> Reductions.max(tape, t.in("x"), axes(t));
      case "var" -> Reductions.variance(tape, t.in("x"), axes(t));
      case String op -> throw new AssertionError(op);
    });
  }

  private static int[] axes(Trial t) {
    return StreamSupport.stream(t.parameters().get("axes").spliterator(), false).mapToInt(a -> a.asInt()).toArray();
  }

  static void loss(Trial t) {
    Tape tape = t.tape();
    Var x = t.in("x");
    Var target = t.in("target");
    t.out("y", switch (t.text("loss")) {
      case "mse" -> Losses.mse(tape, x, target);
      case "l1" -> Losses.l1(tape, x, target);
      case "charbonnier" -> Losses.charbonnier(tape, x, target, 1e-3);
      // eps itself under the root, not its square.
      case "charbonnier_eps_plain" -> Losses.charbonnier(tape, x, target, 1e-6);
      case "half_sum_square" -> {
        int[] all = IntStream.range(0, x.value().rank()).toArray();
        yield Affine.apply(tape, Reductions.sum(tape, squares(tape, x, target), all), 0.5, 0);
      }
      case "weighted_mse" -> {
        Var weight = View.reshape(tape, t.in("w"), t.in("w").size(0), 1);
        yield Losses.mean(tape, Arithmetic.mul(tape, weight, squares(tape, x, target)));
      }
      case String loss -> throw new AssertionError(loss);
    });
  }

  private static Var squares(Tape tape, Var x, Var target) {
    return Elementwise.apply(tape, Unary.Function.SQUARE, Arithmetic.sub(tape, x, target));
  }
}
