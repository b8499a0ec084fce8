package io.github.tsdsr.autograd.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tsdsr.autograd.Adapter;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Attention;
import io.github.tsdsr.autograd.fn.Concat;
import io.github.tsdsr.autograd.fn.MatMul;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.autograd.nn.Conv2d;
import io.github.tsdsr.autograd.nn.Linear;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.ConvGeometry;
import java.util.Optional;

/** Products, convolutions and attention, as the golden families have them. */
final class MatrixOperators {
  private MatrixOperators() {}

  static void matMul(Trial t) {
    Tape tape = t.tape();
    if (t.has("bias")) {
      t.out("y", io.github.tsdsr.autograd.fn.Linear.apply(tape, t.in("a"), t.in("b"), t.in("bias")));
      return;
    }
    Var a = t.flag("trans_a") ? transposed(tape, t.in("a")) : t.in("a");
    Var b = t.flag("trans_b") ? transposed(tape, t.in("b")) : t.in("b");
    t.out("y", MatMul.apply(tape, a, b));
  }

  private static Var transposed(Tape tape, Var x) {
    int rank = x.value().rank();
    int[] axes = new int[rank];
    for (int i = 0; i < rank; i++) {
      axes[i] = i;
    }
    axes[rank - 2] = rank - 1;
    axes[rank - 1] = rank - 2;
    return View.permute(tape, x, axes);
  }

  static void linear(Trial t) {
    Var x = t.in("x");
    Linear layer = new Linear("layer", t.in("w").value(), t.has("bias") ? t.in("bias").value() : null);
    t.out("y", layer.apply(t.tape(), x, adapters(t)));
  }

  static void conv2d(Trial t) {
    Var x = t.picture("x");
    Tensor bias = t.has("bias") ? t.in("bias").value() : null;
    Conv2d layer = new Conv2d("layer", t.in("w").value(), bias, geometry(t));
    t.outPicture("y", layer.apply(t.tape(), x, adapters(t)));
  }

  private static Adapters adapters(Trial t) {
    if (!t.has("A")) {
      return Adapters.NONE;
    }
    Adapter adapter = new Adapter(t.in("A").value(), t.in("B").value(), t.number("s"));
    return name -> name.equals("layer") ? Optional.of(adapter) : Optional.empty();
  }

  private static ConvGeometry geometry(Trial t) {
    JsonNode stride = t.parameters().get("stride");
    JsonNode pad = t.parameters().get("pad_left_right_top_bottom");
    int down = stride.isArray() ? stride.get(0).asInt() : stride.asInt();
    int across = stride.isArray() ? stride.get(1).asInt() : stride.asInt();
    return new ConvGeometry(
        down, across, pad.get(2).asInt(), pad.get(3).asInt(), pad.get(0).asInt(), pad.get(1).asInt());
  }

  static void attention(Trial t) {
    Var q = t.in("q", 0, 2, 1, 3);
    Var k = t.in("k", 0, 2, 1, 3);
    Var v = t.in("v", 0, 2, 1, 3);
    Var bias = t.has("bias") ? t.in("bias") : null;
    t.out("y", Attention.apply(t.tape(), q, k, v, bias, t.flag("causal"), t.number("scale")), 0, 2, 1, 3);
    // The function keeps the log-sum-exp to itself.
    Scope scope = t.tape().scope();
    Tensor y = scope.empty(q.dtype(), q.size(0), q.size(1), q.size(2), v.size(3));
    Tensor lse = scope.empty(q.dtype().accumulator(), q.size(0), q.size(2), q.size(1));
    Tensor b = bias == null ? null : bias.value();
    scope.backend().run(new io.github.tsdsr.tensor.op.Attention(
        q.value(), k.value(), v.value(), b, t.flag("causal"), t.number("scale"), y, lse));
    t.out("lse", t.tape().leaf(lse));
  }

  static void jointAttention(Trial t) {
    Tape tape = t.tape();
    Var q = Concat.apply(tape, 1, heads(t, "q"), heads(t, "cq"));
    Var k = Concat.apply(tape, 1, heads(t, "k"), heads(t, "ck"));
    Var v = Concat.apply(tape, 1, heads(t, "v"), heads(t, "cv"));
    Var all = Attention.apply(tape, q, k, v, null, false, t.number("scale"));
    long image = t.in("q").size(1);
    t.out("y", side(tape, View.slice(tape, all, 1, 0, image)));
    t.out("cy", side(tape, View.slice(tape, all, 1, image, all.size(1))));
  }

  private static Var heads(Trial t, String name) {
    Var x = t.in(name);
    int heads = t.integer("heads");
    return View.reshape(t.tape(), x, x.size(0), x.size(1), heads, x.size(2) / heads);
  }

  private static Var side(Tape tape, Var x) {
    return View.reshape(tape, x, x.size(0), x.size(1), x.size(2) * x.size(3));
  }
}
