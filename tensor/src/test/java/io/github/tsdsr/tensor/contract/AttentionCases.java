package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Attention;
import io.github.tsdsr.tensor.op.AttentionGrad;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Attention of awkward lengths, with and without bias and mask, forward and backward. */
final class AttentionCases {
  private static final double CLOSE = 3e-6;

  /** Sizes of one case; bias: 0 none, 1 per pair of tokens, 2 per head and pair. */
  private record Shape(int b, int lq, int lk, int h, int d, int dv, int bias, boolean causal) {
    Tensor biasOf(Operands o) {
      return bias == 0 ? null : bias == 1 ? o.normal(lq, lk) : o.normal(1, h, lq, lk);
    }

    @Override
    public String toString() {
      return b + "x" + lq + " queries, " + lk + " keys, " + h + " heads of " + d + " and " + dv
          + (bias == 0 ? "" : ", bias " + bias) + (causal ? ", causal" : "");
    }
  }

  private AttentionCases() {}

  static Stream<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Shape s : List.of(
        new Shape(1, 1, 1, 1, 1, 1, 0, false),
        new Shape(2, 7, 13, 3, 16, 16, 0, false),
        new Shape(1, 65, 207, 2, 32, 32, 0, false),
        new Shape(1, 207, 65, 1, 64, 64, 0, false),
        new Shape(1, 49, 33, 2, 13, 7, 0, false),
        new Shape(1, 100, 100, 1, 512, 512, 0, false),
        new Shape(2, 33, 33, 2, 16, 16, 0, true),
        new Shape(1, 65, 65, 3, 64, 64, 1, false),
        new Shape(2, 20, 31, 3, 8, 8, 2, false),
        new Shape(1, 77, 77, 2, 16, 24, 2, true))) {
      cases.add(new OpCase("Attention " + s, CLOSE, o -> new Attention(
          o.normal(s.b, s.lq, s.h, s.d), o.normal(s.b, s.lk, s.h, s.d), o.normal(s.b, s.lk, s.h, s.dv), s.biasOf(o),
          s.causal,
          1 / Math.sqrt(s.d), o.out(s.b, s.lq, s.h, s.dv), o.out(s.b, s.h, s.lq))));
      cases.add(new OpCase("AttentionGrad " + s, 1e-5, o -> gradient(o, s)));
    }
    cases.add(new OpCase("Attention of slices of one projection", CLOSE, o -> {
      Tensor qkv = o.normal(2, 30, 3 * 64).reshape(2, 30, 3, 4, 16);
      return new Attention(
          qkv.select(2, 0), qkv.select(2, 1), qkv.select(2, 2), null, false, 0.25, o.out(2, 40, 4, 16).slice(1, 5, 35),
          null);
    }));
    cases.add(new OpCase("Attention with large scores", CLOSE, o -> new Attention(
        o.normal(1, 33, 1, 16), o.normal(1, 40, 1, 16), o.normal(1, 40, 1, 16), null, false, 30, o.out(1, 33, 1, 16),
        null)));
    return cases.stream();
  }

  private static AttentionGrad gradient(Operands o, Shape s) {
    Tensor q = o.normal(s.b, s.lq, s.h, s.d);
    Tensor k = o.normal(s.b, s.lk, s.h, s.d);
    Tensor v = o.normal(s.b, s.lk, s.h, s.dv);
    Tensor bias = s.biasOf(o);
    Tensor y = o.out(s.b, s.lq, s.h, s.dv);
    Tensor lse = o.out(s.b, s.h, s.lq);
    double scale = 1 / Math.sqrt(s.d);
    o.run(new Attention(q, k, v, bias, s.causal, scale, y, lse));
    Tensor dbias = bias == null ? null : o.out(bias.shape());
    return new AttentionGrad(
        q, k, v, bias, s.causal, scale, y, lse, o.normal(s.b, s.lq, s.h, s.dv), o.out(s.b, s.lq, s.h, s.d),
        o.out(s.b, s.lk, s.h, s.d), o.out(s.b, s.lk, s.h, s.dv), dbias);
  }
}
