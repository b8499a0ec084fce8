package io.github.tsdsr.autograd.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.AveragePool;
import io.github.tsdsr.autograd.fn.Concat;
import io.github.tsdsr.autograd.fn.Filter2d;
import io.github.tsdsr.autograd.fn.Gather;
import io.github.tsdsr.autograd.fn.Linear;
import io.github.tsdsr.autograd.fn.MaxPool;
import io.github.tsdsr.autograd.fn.Pad;
import io.github.tsdsr.autograd.fn.Patches;
import io.github.tsdsr.autograd.fn.Reductions;
import io.github.tsdsr.autograd.fn.Upsample;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.autograd.nn.Conv2d;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.ConvGeometry;

/** What moves or gathers elements, as the golden families have it: views, padding, patches, pools, filters. */
final class ShapeOperators {
  private ShapeOperators() {}

  static void upsampleOrPool(Trial t) {
    Tape tape = t.tape();
    Var x = t.picture("x");
    t.outPicture("y", switch (t.text("op")) {
      case "nearest_x2" -> Upsample.nearest2(tape, x);
      case "avg_pool" -> AveragePool.apply(
          tape, x, t.integer("kernel"), t.integer("stride"), t.integer("padding"), t.flag("count_include_pad"));
      case "max_pool" -> MaxPool.apply(
          tape, x, t.integer("kernel"), t.integer("stride"), t.integer("padding"), t.flag("ceil_mode"));
      case "global_avg_pool" -> Reductions.mean(tape, x, 1, 2);
      case String op -> throw new AssertionError(op);
    });
  }

  static void patchify(Trial t) {
    Tape tape = t.tape();
    int p = t.integer("patch");
    switch (t.text("op")) {
      case "unpatchify" -> t.outPicture("y", Patches.unpatchify(
          tape, t.in("x"), t.integer("patches_high"), t.integer("patches_wide"), p, t.integer("channels")));
      case "patchify" -> t.out("y", Patches.patchify(tape, t.picture("x"), p));
      case "embed" -> {
        Conv2d layer = new Conv2d("", t.in("w").value(), t.in("bias").value(), ConvGeometry.square(p, 0));
        Var y = layer.apply(tape, t.picture("x"), Adapters.NONE);
        t.out("y", View.reshape(tape, y, y.size(0), y.size(1) * y.size(2), y.size(3)));
      }
      case "embed_as_matmul" -> t.out(
          "y", Linear.apply(tape, Patches.patchify(tape, t.picture("x"), p), t.in("w"), t.in("bias")));
      case String op -> throw new AssertionError(op);
    }
  }

  static void pad(Trial t) {
    Tape tape = t.tape();
    Var x = t.picture("x");
    JsonNode pad = t.parameters().get("pad");
    int left = pad.get(0).asInt();
    int right = pad.get(1).asInt();
    int top = pad.get(2).asInt();
    int bottom = pad.get(3).asInt();
    t.outPicture("y", switch (t.text("mode")) {
      case "constant" -> Pad.constant(tape, x, left, right, top, bottom, t.number("value"));
      case "reflect" -> Pad.reflect(tape, x, left, right, top, bottom);
      case "replicate" -> Pad.replicate(tape, x, left, right, top, bottom);
      case String mode -> throw new AssertionError(mode);
    });
  }

  static void filter2d(Trial t) {
    t.outPicture("y", Filter2d.apply(t.tape(), t.picture("x"), t.in("kernel")));
  }

  static void gather(Trial t) {
    Tensor ids = t.ids("ids");
    t.out("y", Gather.apply(t.tape(), t.in("table"), ids.reshape(ids.count())));
  }

  static void sliceOrConcat(Trial t) {
    Tape tape = t.tape();
    switch (t.text("op")) {
      case "concat" -> {
        Var a = t.in("a");
        Var b = t.in("b");
        Var[] parts = t.parameters().has("order") ? new Var[] {a, b, a} : new Var[] {a, b};
        t.out("y", Concat.apply(tape, t.integer("axis"), parts));
      }
      case "split" -> {
        int first = t.parameters().get("sizes").get(0).asInt();
        Var x = t.in("x");
        t.out("p", View.slice(tape, x, t.integer("axis"), 0, first));
        t.out("q", View.slice(tape, x, t.integer("axis"), first, x.size(t.integer("axis"))));
      }
      case "slice" -> {
        Var part = View.slice(tape, t.in("x"), t.integer("axis"), t.integer("begin"), t.integer("end"));
        int step = t.integer("step");
        t.out("y", step == 1 ? part : View.every(tape, part, t.integer("axis"), step));
      }
      case "overlapping_slices" -> {
        Var first = Affine.apply(tape, View.slice(tape, t.in("x"), 1, 2, 8), 2, 0);
        t.out("y", Arithmetic.add(tape, first, View.slice(tape, t.in("x"), 1, 5, 11)));
      }
      case "chunk" -> {
        int parts = t.integer("parts");
        for (int i = 0; i < parts; i++) {
          t.out("c" + i, View.chunk(tape, t.in("x"), t.integer("axis"), i, parts));
        }
      }
      // The file's order of axes is the view's.
      case "permute" -> t.out("y", View.permute(tape, t.in("x"), 0, 2, 3, 1));
      case "split_heads" -> {
        Var x = t.in("x");
        int heads = t.integer("heads");
        Var split = View.reshape(tape, x, x.size(0), x.size(1), heads, x.size(2) / heads);
        t.out("y", View.permute(tape, split, 0, 2, 1, 3));
      }
      case "crop" -> t.out("y", View.slice(tape, View.slice(tape, t.in("x"), 1, 2, 5), 2, 3, 9));
      case String op -> throw new AssertionError(op);
    }
  }
}
