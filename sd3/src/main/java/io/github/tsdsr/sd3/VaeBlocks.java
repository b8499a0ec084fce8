package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Attention;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.autograd.nn.Conv2d;
import io.github.tsdsr.autograd.nn.GroupNorm;
import io.github.tsdsr.autograd.nn.Linear;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.ConvGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The parts of encoder and decoder. Each takes the pieces of a picture in step, see {@link NormRule}. */
final class VaeBlocks {
  static final double EPS = 1e-6;
  static final ConvGeometry SAME = ConvGeometry.square(1, 1);
  /** Downsampling pads one zero row below and one zero column on the right. */
  static final ConvGeometry HALVE = new ConvGeometry(2, 2, 0, 1, 0, 1);

  private static final ConvGeometry POINT = ConvGeometry.square(1, 0);

  private VaeBlocks() {}

  /**
   * What every part is applied with.
   *
   * @param recomputes whether parts run again in the backward pass instead of saving what it needs
   */
  record Pass(Tape tape, NormRule rule, Adapters adapters, boolean recomputes) {
    /** One part's work; all but its result is let go of. */
    List<Var> run(Part part, List<Var> pieces) {
      return recomputes
          ? tape.checkpoint(
              (again, in) -> part.apply(new Pass(again, rule, adapters, false), in), pieces.toArray(Var[]::new))
          : tape.scopedAll(() -> part.apply(this, pieces));
    }

    /** One part's work on all pieces, in a scope of its own. */
    List<Var> each(List<Var> pieces, IntFunction<Var> part) {
      return tape.scopedAll(() -> {
        List<Var> out = new ArrayList<>(pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
          int n = i;
          out.add(tape.scoped(() -> part.apply(n)));
        }
        return out;
      });
    }

    List<Var> convolve(Conv2d conv, List<Var> pieces) {
      return each(pieces, i -> conv.apply(tape, pieces.get(i), adapters));
    }

    /** Group norm and SiLU, then a convolution; the normalised pictures are let go of as soon as they are convolved. */
    List<Var> normConvolve(GroupNorm norm, Conv2d conv, List<Var> pieces) {
      return tape.scopedAll(() -> convolve(conv, rule.apply(tape, norm, pieces, true)));
    }
  }

  /** A part of the network. */
  interface Part {
    List<Var> apply(Pass pass, List<Var> pieces);
  }

  /** Runs parts one after the other, letting go of each one's input. */
  static List<Var> chain(Pass pass, List<Part> parts, List<Var> pieces) {
    List<Var> now = pieces;
    for (Part part : parts) {
      List<Var> in = now;
      now = pass.run(part, in);
      if (in != pieces) {
        in.forEach(v -> pass.tape.scope().free(v.value()));
      }
    }
    return now;
  }

  static Conv2d conv3(Weights w, String name, int out, int in, ConvGeometry geometry) {
    return Conv2d.load(w, name, out, in, 3, geometry);
  }

  /** x + conv2(silu(norm2(conv1(silu(norm1(x)))))), x through a 1x1 convolution where the channels change. */
  record Resnet(GroupNorm norm1, Conv2d conv1, GroupNorm norm2, Conv2d conv2, Conv2d shortcut) implements Part {
    static Resnet load(Weights w, String name, int in, int out, int groups) {
      return new Resnet(
          GroupNorm.load(w, name + ".norm1", in, groups, EPS),
          conv3(w, name + ".conv1", out, in, SAME),
          GroupNorm.load(w, name + ".norm2", out, groups, EPS),
          conv3(w, name + ".conv2", out, out, SAME),
          in == out ? null : Conv2d.load(w, name + ".conv_shortcut", out, in, 1, POINT));
    }

    @Override
    public List<Var> apply(Pass pass, List<Var> pieces) {
      Tape tape = pass.tape;
      List<Var> h = pass.normConvolve(norm2, conv2, pass.normConvolve(norm1, conv1, pieces));
      return pass.each(pieces, i -> {
        Var x = pieces.get(i);
        return Arithmetic.add(tape, shortcut == null ? x : shortcut.apply(tape, x, pass.adapters), h.get(i));
      });
    }
  }

  /** x + to_out(attention(norm(x))) over all pixels, one head as wide as the picture has channels. */
  record SelfAttention(GroupNorm norm, Linear q, Linear k, Linear v, Linear out) implements Part {
    static SelfAttention load(Weights w, String name, int channels, int groups) {
      return new SelfAttention(
          GroupNorm.load(w, name + ".group_norm", channels, groups, EPS),
          Linear.load(w, name + ".to_q", channels, channels, true),
          Linear.load(w, name + ".to_k", channels, channels, true),
          Linear.load(w, name + ".to_v", channels, channels, true),
          Linear.load(w, name + ".to_out.0", channels, channels, true));
    }

    @Override
    public List<Var> apply(Pass pass, List<Var> pieces) {
      Tape tape = pass.tape;
      List<Var> normed = pass.rule.apply(tape, norm, pieces, false);
      return pass.each(pieces, i -> {
        Var x = pieces.get(i);
        long c = x.size(3);
        long pixels = x.size(1) * x.size(2);
        Var n = normed.get(i);
        Var a = Attention.apply(
            tape,
            View.reshape(tape, q.apply(tape, n, pass.adapters), x.size(0), pixels, 1, c),
            View.reshape(tape, k.apply(tape, n, pass.adapters), x.size(0), pixels, 1, c),
            View.reshape(tape, v.apply(tape, n, pass.adapters), x.size(0), pixels, 1, c),
            null,
            false,
            1 / Math.sqrt(c));
        Var y = out.apply(tape, View.reshape(tape, a, x.shape()), pass.adapters);
        return Arithmetic.add(tape, x, y);
      });
    }
  }

  /** A convolution by itself. */
  record Convolution(Conv2d conv) implements Part {
    @Override
    public List<Var> apply(Pass pass, List<Var> pieces) {
      return pass.convolve(conv, pieces);
    }
  }

  /** Every pixel twice in both directions, then a convolution. */
  record Upsampler(Conv2d conv) implements Part {
    @Override
    public List<Var> apply(Pass pass, List<Var> pieces) {
      return pass.each(pieces, i -> conv.applyDoubled(pass.tape, pieces.get(i), pass.adapters));
    }
  }

  /** The last group norm with SiLU and the convolution after it. */
  record Head(GroupNorm norm, Conv2d conv) implements Part {
    @Override
    public List<Var> apply(Pass pass, List<Var> pieces) {
      return pass.normConvolve(norm, conv, pieces);
    }
  }

  /** Resnet, attention (where there is one), resnet, at the lowest resolution. */
  static List<Part> middle(Weights w, String name, int channels, int groups, boolean attention) {
    List<Part> parts = new ArrayList<>();
    parts.add(Resnet.load(w, name + ".resnets.0", channels, channels, groups));
    if (attention) {
      parts.add(SelfAttention.load(w, name + ".attentions.0", channels, groups));
    }
    parts.add(Resnet.load(w, name + ".resnets.1", channels, channels, groups));
    return parts;
  }
}
