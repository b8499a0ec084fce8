package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.GroupNorm;
import io.github.tsdsr.tensor.op.GroupNormApply;
import io.github.tsdsr.tensor.op.GroupNormGrad;
import io.github.tsdsr.tensor.op.LayerNorm;
import io.github.tsdsr.tensor.op.LayerNormGrad;
import io.github.tsdsr.tensor.op.RmsNorm;
import io.github.tsdsr.tensor.op.RmsNormGrad;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Group, layer and RMS norm, forward and backward. */
final class NormCases {
  private static final double CLOSE = 2e-6;

  private NormCases() {}

  static Stream<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (int[] s : new int[][] {{1, 1, 7, 4, 2}, {2, 9, 13, 16, 8}, {1, 40, 33, 65, 5}, {2, 30, 31, 32, 32}}) {
      groupNorm(cases, s[0], s[1], s[2], s[3], s[4]);
    }
    for (int[] s : new int[][] {{1, 1, 7}, {2, 13, 65}, {1, 207, 128}, {3, 70, 33}}) {
      layerNorm(cases, s[0], s[1], s[2]);
      rmsNorm(cases, s[0], s[1], s[2]);
    }
    cases.add(new OpCase("LayerNorm far from zero", 2e-5,
        o -> new LayerNorm(o.around(100, 1, 2, 5, 65), null, null, 0, 1e-6, o.out(2, 5, 65), o.out(2, 5, 2))));
    cases.add(new OpCase("GroupNorm far from zero", 2e-5, o -> new GroupNorm(
        o.around(100, 1, 1, 20, 20, 16), o.normal(16), o.normal(16), 4, 1e-6, false, o.out(1, 20, 20, 16),
        o.out(1, 4, 2))));
    cases.add(new OpCase("RmsNorm of heads", CLOSE, o -> {
      Tensor x = o.normal(2, 13, 3, 96).slice(3, 32, 64);
      return new RmsNorm(x, o.normal(32), 1e-6, x, o.out(2, 13, 3, 1));
    }));
    cases.add(new OpCase("LayerNorm of half precision", 5e-3, o -> new LayerNorm(
        o.normal(DType.BF16, 1, 5, 33), o.normal(33), o.normal(33), 0, 1e-6, o.out(1, 5, 33), o.out(1, 5, 2))));
    for (DType t : List.of(DType.BF16, DType.F16)) {
      withParameters(cases, t);
    }
    return cases.stream();
  }

  private static void withParameters(List<OpCase> cases, DType t) {
    String name = " with parameters in " + t;
    cases.add(new OpCase("GroupNorm" + name, CLOSE, o -> new GroupNorm(
        o.normal(2, 9, 7, 32), o.normal(t, 32), o.normal(t, 32), 4, 1e-6, true, o.out(2, 9, 7, 32), o.out(2, 4, 2))));
    cases.add(new OpCase("GroupNormApply" + name, CLOSE, o -> new GroupNormApply(
        o.normal(2, 9, 7, 32), o.normal(t, 32), o.normal(t, 32), o.between(0.5, 2, 2, 4, 2), true,
        o.out(2, 9, 7, 32))));
    cases.add(new OpCase("GroupNormGrad" + name, 5e-6, o -> {
      Tensor x = o.normal(1, 9, 7, 16);
      Tensor statistics = o.out(1, 4, 2);
      Tensor weight = o.normal(t, 16);
      Tensor bias = o.normal(t, 16);
      o.run(new GroupNorm(x, weight, bias, 4, 1e-5, true, o.out(1, 9, 7, 16), statistics));
      return new GroupNormGrad(
          x, weight, bias, 4, true, statistics, o.normal(1, 9, 7, 16), o.out(1, 9, 7, 16), o.out(16), o.out(16));
    }));
    cases.add(new OpCase("LayerNorm" + name, CLOSE, o -> new LayerNorm(
        o.normal(2, 5, 33), o.normal(t, 33), o.normal(t, 33), 0, 1e-6, o.out(2, 5, 33), o.out(2, 5, 2))));
    cases.add(new OpCase("LayerNormGrad" + name, 5e-6, o -> {
      Tensor x = o.normal(2, 5, 33);
      Tensor statistics = o.out(2, 5, 2);
      o.run(new LayerNorm(x, null, null, 0, 1e-6, o.out(2, 5, 33), statistics));
      return new LayerNormGrad(
          x, o.normal(t, 33), 0, statistics, o.normal(2, 5, 33), o.out(2, 5, 33), o.out(33), o.out(33));
    }));
    cases.add(new OpCase("RmsNorm" + name, CLOSE, o -> new RmsNorm(
        o.normal(2, 5, 33), o.normal(t, 33), 1e-6, o.out(2, 5, 33), o.out(2, 5, 1))));
    cases.add(new OpCase("RmsNormGrad" + name, 5e-6, o -> {
      Tensor x = o.normal(2, 5, 33);
      Tensor statistics = o.out(2, 5, 1);
      o.run(new RmsNorm(x, null, 1e-6, o.out(2, 5, 33), statistics));
      return new RmsNormGrad(x, o.normal(t, 33), statistics, o.normal(2, 5, 33), o.out(2, 5, 33), o.out(33));
    }));
  }

  private static void groupNorm(List<OpCase> cases, int n, int h, int w, int c, int groups) {
    String size = n + "x" + h + "x" + w + "x" + c + " in " + groups + " groups";
    for (boolean silu : new boolean[] {false, true}) {
      String name = size + (silu ? ", SiLU" : "");
      cases.add(new OpCase("GroupNorm " + name, CLOSE, o -> new GroupNorm(
          o.around(0.5, 2, n, h, w, c), o.normal(c), o.normal(c), groups, 1e-5, silu, o.out(n, h, w, c),
          o.out(n, groups, 2))));
      cases.add(new OpCase("GroupNormApply " + name, CLOSE, o -> {
        Tensor x = o.normal(n, h, w, c);
        return new GroupNormApply(x, o.normal(c), o.normal(c), o.between(0.5, 2, n, groups, 2), silu, x);
      }));
      cases.add(new OpCase("GroupNormGrad " + name, 5e-6, o -> groupNormGrad(o, n, h, w, c, groups, silu)));
    }
  }

  private static GroupNormGrad groupNormGrad(Operands o, int n, int h, int w, int c, int groups, boolean silu) {
    Tensor x = o.normal(n, h, w, c);
    Tensor weight = o.normal(c);
    Tensor bias = o.normal(c);
    Tensor statistics = o.out(n, groups, 2);
    o.run(new GroupNorm(x, weight, bias, groups, 1e-5, silu, o.out(n, h, w, c), statistics));
    return new GroupNormGrad(
        x, weight, bias, groups, silu, statistics, o.normal(n, h, w, c), o.out(n, h, w, c), o.out(c), o.out(c));
  }

  private static void layerNorm(List<OpCase> cases, int b, int t, int c) {
    String size = b + "x" + t + "x" + c;
    cases.add(new OpCase("LayerNorm " + size, CLOSE,
        o -> new LayerNorm(o.normal(b, t, c), null, null, 0, 1e-6, o.out(b, t, c), o.out(b, t, 2))));
    cases.add(new OpCase("LayerNorm " + size + " with weight and bias", CLOSE,
        o -> new LayerNorm(o.normal(b, t, c), o.normal(c), o.normal(c), 0, 1e-5, o.out(b, t, c), o.out(b, t, 2))));
    cases.add(new OpCase("LayerNorm " + size + " with modulation", CLOSE, o -> {
      Tensor six = o.normal(b, 1, 6 * c);
      return new LayerNorm(
          o.normal(b, t, c), six.chunk(2, 1, 6), six.chunk(2, 4, 6), 1, 1e-6, o.out(b, t, c), o.out(b, t, 2));
    }));
    for (boolean perSample : new boolean[] {false, true}) {
      cases.add(new OpCase("LayerNormGrad " + size + (perSample ? " with modulation" : ""), 5e-6, o -> {
        Tensor x = o.normal(b, t, c);
        Tensor scale = perSample ? o.normal(b, 1, c) : o.normal(c);
        Tensor statistics = o.out(b, t, 2);
        o.run(new LayerNorm(x, null, null, 0, 1e-6, o.out(b, t, c), statistics));
        Tensor dscale = perSample ? o.out(b, 1, c) : o.out(c);
        Tensor dshift = perSample ? o.out(b, 1, c) : o.out(c);
        return new LayerNormGrad(
            x, scale, perSample ? 1 : 0, statistics, o.normal(b, t, c), o.out(b, t, c), dscale, dshift);
      }));
    }
  }

  private static void rmsNorm(List<OpCase> cases, int b, int t, int c) {
    String size = b + "x" + t + "x" + c;
    cases.add(new OpCase("RmsNorm " + size, CLOSE,
        o -> new RmsNorm(o.normal(b, t, c), o.normal(c), 1e-6, o.out(b, t, c), o.out(b, t, 1))));
    cases.add(new OpCase("RmsNorm " + size + " without weight", CLOSE,
        o -> new RmsNorm(o.normal(b, t, c), null, 1e-6, o.out(b, t, c), o.out(b, t, 1))));
    cases.add(new OpCase("RmsNormGrad " + size, 5e-6, o -> {
      Tensor x = o.normal(b, t, c);
      Tensor statistics = o.out(b, t, 1);
      o.run(new RmsNorm(x, null, 1e-6, o.out(b, t, c), statistics));
      return new RmsNormGrad(x, o.normal(c), statistics, o.normal(b, t, c), o.out(b, t, c), o.out(c));
    }));
  }
}
