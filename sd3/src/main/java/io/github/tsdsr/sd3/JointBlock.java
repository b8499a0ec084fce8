package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Activate;
import io.github.tsdsr.autograd.fn.Attention;
import io.github.tsdsr.autograd.fn.Concat;
import io.github.tsdsr.autograd.fn.GatedResidual;
import io.github.tsdsr.autograd.fn.LayerNorm;
import io.github.tsdsr.autograd.fn.RmsNorm;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.autograd.nn.Linear;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;

/**
 * One block of the transformer: image tokens and prompt tokens, each with its own weights, attend to each other jointly.
 * AdaLN-Zero modulates both streams; in the last block the prompt's stream only feeds the attention.
 */
final class JointBlock {
  private static final double EPS = 1e-6;

  /** Queries, keys and values of one stream; the norms are null where the model has none. */
  private record Projections(Linear q, Linear k, Linear v, Tensor normQ, Tensor normK) {
    /** The three as (B,T,heads,headDim), queries and keys normalised. */
    List<Var> apply(Tape tape, Var x, int heads, Adapters adapters) {
      return List.of(
          normalised(tape, split(tape, q.apply(tape, x, adapters), heads), normQ),
          normalised(tape, split(tape, k.apply(tape, x, adapters), heads), normK),
          split(tape, v.apply(tape, x, adapters), heads));
    }

    private static Var split(Tape tape, Var x, int heads) {
      return View.reshape(tape, x, x.size(0), x.size(1), heads, x.size(2) / heads);
    }

    private static Var normalised(Tape tape, Var x, Tensor weight) {
      return weight == null ? x : RmsNorm.apply(tape, x, tape.leaf(weight), EPS);
    }
  }

  private record Mlp(Linear up, Linear down) {
    static Mlp load(Weights w, String name, int d) {
      return new Mlp(Linear.load(w, name + ".net.0.proj", 4L * d, d, true),
          Linear.load(w, name + ".net.2", d, 4L * d, true));
    }

    Var apply(Tape tape, Var x, Adapters adapters) {
      return tape.scoped(() -> {
        Var h = up.apply(tape, x, adapters);
        return down.apply(tape, Activate.apply(tape, Unary.Function.GELU_TANH, h), adapters);
      });
    }
  }

  private final int heads;
  private final boolean last;
  private final Linear norm1;
  private final Linear norm1Context;
  private final Projections image;
  private final Projections text;
  private final Linear out;
  private final Linear outContext;
  private final Mlp mlp;
  private final Mlp mlpContext;
  private final Projections second;
  private final Linear secondOut;

  JointBlock(MmDitConfig config, int index, Weights w) {
    int d = config.width();
    String name = "transformer_blocks." + index;
    heads = config.heads();
    last = index == config.layers() - 1;
    boolean dual = config.dualAttentionLayers().contains(index);
    norm1 = Linear.load(w, name + ".norm1.linear", (dual ? 9L : 6L) * d, d, true);
    norm1Context = Linear.load(w, name + ".norm1_context.linear", (last ? 2L : 6L) * d, d, true);
    image = projections(config, w, name + ".attn", "to_q", "to_k", "to_v", "norm_q", "norm_k");
    text = projections(config, w, name + ".attn", "add_q_proj", "add_k_proj", "add_v_proj", "norm_added_q",
        "norm_added_k");
    out = Linear.load(w, name + ".attn.to_out.0", d, d, true);
    outContext = last ? null : Linear.load(w, name + ".attn.to_add_out", d, d, true);
    mlp = Mlp.load(w, name + ".ff", d);
    mlpContext = last ? null : Mlp.load(w, name + ".ff_context", d);
    second = dual ? projections(config, w, name + ".attn2", "to_q", "to_k", "to_v", "norm_q", "norm_k") : null;
    secondOut = dual ? Linear.load(w, name + ".attn2.to_out.0", d, d, true) : null;
  }

  private static Projections projections(
      MmDitConfig config, Weights w, String name, String q, String k, String v, String normQ, String normK) {
    int d = config.width();
    boolean norm = config.qkRmsNorm();
    return new Projections(
        Linear.load(w, name + "." + q, d, d, true),
        Linear.load(w, name + "." + k, d, d, true),
        Linear.load(w, name + "." + v, d, d, true),
        norm ? w.get(name + "." + normQ + ".weight", config.headDim()) : null,
        norm ? w.get(name + "." + normK + ".weight", config.headDim()) : null);
  }

  /** The image stream's modulation: shift, scale, gate of the attention, then of the MLP, then of a second attention. */
  Modulation modulateImage(Tape tape, Var conditioning, Adapters adapters) {
    return new Modulation(norm1.apply(tape, conditioning, adapters), second == null ? 6 : 9);
  }

  /** The prompt stream's modulation; in the last block only a scale and a shift, in this order. */
  Modulation modulateText(Tape tape, Var conditioning, Adapters adapters) {
    return new Modulation(norm1Context.apply(tape, conditioning, adapters), last ? 2 : 6);
  }

  /**
   * Both streams through the block.
   *
   * @param x image tokens (B,T,d)
   * @param c prompt tokens (B,S,d)
   * @return the image tokens and, but for the last block, the prompt tokens
   */
  List<Var> apply(Tape tape, Var x, Var c, Modulation mx, Modulation mc, Adapters adapters) {
    List<Var> attended = tape.scopedAll(() -> attend(tape, x, c, mx, mc, adapters));
    Var y = feedForward(tape, attended.get(0), mx, mlp, adapters);
    return last ? List.of(y) : List.of(y, feedForward(tape, attended.get(1), mc, mlpContext, adapters));
  }

  private List<Var> attend(Tape tape, Var x, Var c, Modulation mx, Modulation mc, Adapters adapters) {
    Var nx = LayerNorm.apply(tape, x, mx.part(tape, 1), mx.part(tape, 0), 1, EPS);
    int scale = last ? 0 : 1;
    Var nc = LayerNorm.apply(tape, c, mc.part(tape, scale), mc.part(tape, 1 - scale), 1, EPS);
    Var joint = tape.scoped(() -> {
      List<Var> px = image.apply(tape, nx, heads, adapters);
      List<Var> pc = text.apply(tape, nc, heads, adapters);
      return attention(
          tape,
          Concat.apply(tape, 1, px.get(0), pc.get(0)),
          Concat.apply(tape, 1, px.get(1), pc.get(1)),
          Concat.apply(tape, 1, px.get(2), pc.get(2)));
    });
    long t = x.size(1);
    Var ax = out.apply(tape, View.slice(tape, joint, 1, 0, t), adapters);
    Var y = GatedResidual.apply(tape, x, mx.part(tape, 2), ax);
    if (second != null) {
      Var n2 = LayerNorm.apply(tape, x, mx.part(tape, 7), mx.part(tape, 6), 1, EPS);
      List<Var> p = second.apply(tape, n2, heads, adapters);
      Var a2 = secondOut.apply(tape, attention(tape, p.get(0), p.get(1), p.get(2)), adapters);
      y = GatedResidual.apply(tape, y, mx.part(tape, 8), a2);
    }
    if (last) {
      return List.of(y);
    }
    Var ac = outContext.apply(tape, View.slice(tape, joint, 1, t, joint.size(1)), adapters);
    return List.of(y, GatedResidual.apply(tape, c, mc.part(tape, 2), ac));
  }

  /** softmax(q k^T / sqrt(headDim)) v with the heads side by side again: (B,T,d). */
  private static Var attention(Tape tape, Var q, Var k, Var v) {
    Var a = Attention.apply(tape, q, k, v, null, false, 1 / Math.sqrt(q.size(3)));
    return View.reshape(tape, a, a.size(0), a.size(1), a.size(2) * a.size(3));
  }

  private static Var feedForward(Tape tape, Var x, Modulation m, Mlp mlp, Adapters adapters) {
    return tape.scoped(() -> {
      Var n = LayerNorm.apply(tape, x, m.part(tape, 4), m.part(tape, 3), 1, EPS);
      return GatedResidual.apply(tape, x, m.part(tape, 5), mlp.apply(tape, n, adapters));
    });
  }
}
