package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.ActivationGrad;
import io.github.tsdsr.tensor.op.AdamW;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.GatedResidual;
import io.github.tsdsr.tensor.op.Softmax;
import io.github.tsdsr.tensor.op.SoftmaxGrad;
import io.github.tsdsr.tensor.op.Unary;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Functions of one and two operands, activations backward, and fused updates. */
final class ElementwiseCases {
  /** A few units in the last place of the largest value. */
  private static final double ULPS = 4e-7;

  private ElementwiseCases() {}

  static Stream<OpCase> all() {
    return Stream.of(unary(), extremes(), binary(), gradients(), fused()).flatMap(s -> s);
  }

  private static Tensor operand(Operands o, Unary.Function f, long... shape) {
    return switch (f) {
      case SQRT, RSQRT, RECIPROCAL, LOG -> o.between(0.01, 30, shape);
      case EXP, SIN, COS, ERF, TANH -> o.between(-6, 6, shape);
      default -> o.around(0, 4, shape);
    };
  }

  private static Stream<OpCase> unary() {
    return Stream.of(Unary.Function.values())
        .flatMap(f -> Stream.concat(IntStream.of(1, 7, 16, 65, 207).mapToObj(n -> dense(f, n)), views(f)));
  }

  private static OpCase dense(Unary.Function f, int n) {
    return new OpCase("Unary " + f + " of " + n, ULPS, o -> new Unary(f, 0.25, 1.5, operand(o, f, n), o.out(n)));
  }

  private static Stream<OpCase> views(Unary.Function f) {
    return Stream.of(
        new OpCase("Unary " + f + " of a transposed view", ULPS,
            o -> new Unary(f, 0.25, 1.5, operand(o, f, 13, 7, 5).permute(2, 0, 1), o.out(5, 13, 7))),
        new OpCase("Unary " + f + " of a broadcast row into a slice", ULPS,
            o -> new Unary(f, 0.25, 1.5, operand(o, f, 1, 33), o.out(6, 40).slice(1, 3, 36))),
        new OpCase("Unary " + f + " in place over 40000", ULPS, o -> {
          Tensor x = operand(o, f, 40_000);
          return new Unary(f, 0.25, 1.5, x, x);
        }));
  }

  /** Where functions overflow, saturate or meet what is not a number. */
  private static Stream<OpCase> extremes() {
    double inf = Double.POSITIVE_INFINITY;
    double nan = Double.NaN;
    return Stream.of(Unary.Function.values())
        .filter(f -> switch (f) {
          case AFFINE, SIN, COS, SQUARE, RECIPROCAL, RSQRT -> false;
          default -> true;
        })
        .flatMap(f -> Stream.of(
            new OpCase("Unary " + f + " of large numbers", ULPS, o -> {
              Tensor x = f == Unary.Function.EXP
                  ? o.of(-200, -104, -90, -88, 0, -0.0, 60, 80, 88)
                  : o.of(-1e30, -500, -100, -90, -20, -9, 0, -0.0, 9, 20, 90, 100, 500, 1e30, 1e-30, -1e-30, 1, 2, 3);
              if (f == Unary.Function.SQRT || f == Unary.Function.LOG) {
                x = o.of(1e-38, 1e-20, 1, 1e20, 3e38);
              }
              return new Unary(f, -2, 2, x, o.out(x.size(0)));
            }),
            new OpCase("Unary " + f + " of NaN and infinity", ULPS, o -> {
              boolean positive = f == Unary.Function.SQRT || f == Unary.Function.LOG;
              boolean gated = switch (f) {
                case SILU, GELU_TANH, GELU_ERF, QUICK_GELU -> true;
                default -> false;
              };
              Tensor x = positive || gated ? o.of(nan, inf, 1) : o.of(nan, inf, -inf, 1);
              return new Unary(f, -2, 2, x, o.out(x.size(0)));
            })));
  }

  private static Stream<OpCase> binary() {
    return Stream.of(Binary.Function.values()).flatMap(f -> Stream.of(
        new OpCase("Binary " + f, ULPS, o -> new Binary(f, o.normal(3, 65), o.between(0.5, 2, 3, 65), o.out(3, 65))),
        new OpCase("Binary " + f + " with a row", ULPS,
            o -> new Binary(f, o.normal(5, 13, 33), o.between(0.5, 2, 33), o.out(5, 13, 33))),
        new OpCase("Binary " + f + " with a column", ULPS,
            o -> new Binary(f, o.normal(5, 13, 33), o.between(0.5, 2, 5, 13, 1), o.out(5, 13, 33))),
        new OpCase("Binary " + f + " of a column and a row", ULPS,
            o -> new Binary(f, o.normal(20, 1), o.between(0.5, 2, 1, 31), o.out(20, 31))),
        new OpCase("Binary " + f + " with a number", ULPS,
            o -> new Binary(f, o.normal(207), o.between(0.5, 2, 1), o.out(207))),
        new OpCase("Binary " + f + " of views, in place", ULPS, o -> {
          Tensor a = o.normal(9, 40, 4).permute(1, 0, 2).slice(0, 2, 39);
          return new Binary(f, a, o.between(0.5, 2, 37, 9, 8).every(2, 2), a);
        }),
        new OpCase("Binary " + f + " of half precision", 4e-3,
            o -> new Binary(f, o.normal(DType.BF16, 3, 17), o.normal(DType.F16, 3, 17), o.out(3, 17))),
        new OpCase("Binary " + f + " with NaN", ULPS,
            o -> new Binary(f, o.of(1, Double.NaN, 2, -1), o.of(Double.NaN, 3, 2, 5), o.out(4)))));
  }

  private static Stream<OpCase> gradients() {
    return Stream.of(
        Unary.Function.SIGMOID, Unary.Function.TANH, Unary.Function.SILU, Unary.Function.GELU_TANH,
        Unary.Function.GELU_ERF, Unary.Function.QUICK_GELU, Unary.Function.SOFTPLUS, Unary.Function.RELU,
        Unary.Function.LEAKY_RELU)
        .flatMap(f -> Stream.of(
            new OpCase("ActivationGrad " + f, 1e-6,
                o -> new ActivationGrad(f, 0.2, o.around(0, 3, 5, 207), o.normal(5, 207), o.out(5, 207))),
            new OpCase("ActivationGrad " + f + " of large numbers", 1e-6, o -> new ActivationGrad(
                f, 0.2, o.of(-1e4, -300, -90, -20, -5, 0, 0.5, 5, 20, 90, 300, 1e4),
                o.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), o.out(12))),
            new OpCase("ActivationGrad " + f + " of views, into dy", 1e-6, o -> {
              Tensor dy = o.normal(7, 9, 20).permute(1, 0, 2);
              return new ActivationGrad(f, 0.2, o.normal(9, 7, 25).slice(2, 1, 21), dy, dy);
            })));
  }

  private static Stream<OpCase> fused() {
    return Stream.of(
        new OpCase("GatedResidual", ULPS,
            o -> new GatedResidual(o.normal(2, 13, 65), o.normal(2, 1, 65), o.normal(2, 13, 65), o.out(2, 13, 65))),
        new OpCase("GatedResidual in place with a sliced gate", ULPS, o -> {
          Tensor x = o.normal(3, 7, 32);
          return new GatedResidual(x, o.normal(3, 1, 96).chunk(2, 1, 3), o.normal(3, 7, 32), x);
        }),
        new OpCase("AdamW", 2e-6, o -> new AdamW(
            o.normal(13, 33), o.normal(13, 33), o.around(0, 0.1, 13, 33), o.between(0, 0.1, 13, 33), 0.7, 1e-2,
            0.9, 0.99, 1e-8, 0.05, 3)),
        new OpCase("AdamW of a transposed gradient", 2e-6, o -> new AdamW(
            o.normal(40, 7), o.normal(7, 40).transpose(), o.normal(40, 7), o.between(0, 1, 40, 7), 1, 1e-3, 0.9, 0.999,
            1e-8, 0, 1)),
        new OpCase("Softmax", 1e-6, o -> new Softmax(o.around(0, 5, 5, 207), o.out(5, 207))),
        new OpCase("Softmax with -inf", 1e-6,
            o -> new Softmax(o.of(1, Double.NEGATIVE_INFINITY, 3, -2).unsqueeze(0), o.out(1, 4))),
        new OpCase("SoftmaxGrad", 1e-6, o -> new SoftmaxGrad(o.between(0, 0.1, 5, 65), o.normal(5, 65), o.out(5, 65))));
  }
}
