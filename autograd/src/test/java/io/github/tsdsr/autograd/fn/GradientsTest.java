package io.github.tsdsr.autograd.fn;

import static io.github.tsdsr.autograd.GradientCheck.check;
import static io.github.tsdsr.autograd.GradientCheck.checkBetween;

import io.github.tsdsr.autograd.GradientCheck;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Unary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every function against central differences: where golden data does not reach, and on views whose strides are not those of
 * row-major tensors.
 */
class GradientsTest {
  private static long[] shape(long... shape) {
    return shape;
  }

  /** A window on x that is neither row-major nor without gaps, of the same shape. */
  private static Var strided(Tape tape, Var x) {
    Var twice = Concat.apply(tape, -1, x, x);
    Var part = View.slice(tape, twice, -1, x.size(-1) / 2, x.size(-1) / 2 + x.size(-1));
    int rank = part.value().rank();
    int[] reversed = new int[rank];
    for (int i = 0; i < rank; i++) {
      reversed[i] = rank - 1 - i;
    }
    Var columns = Affine.apply(tape, View.permute(tape, part, reversed), 1, 0);
    return View.permute(tape, columns, reversed);
  }

  @ParameterizedTest
  @EnumSource(names = {"SIGMOID", "TANH", "SILU", "GELU_TANH", "GELU_ERF", "QUICK_GELU", "SOFTPLUS", "LEAKY_RELU"})
  void activations(Unary.Function f) {
    check((t, in) -> Activate.apply(t, f, 0.3, strided(t, in.get(0))), shape(3, 5));
  }

  @ParameterizedTest
  @EnumSource(names = {"SQUARE", "SQRT", "RSQRT", "RECIPROCAL", "EXP", "LOG", "SIN", "COS", "ERF", "ABS"})
  void elementwiseFunctions(Unary.Function f) {
    checkBetween(0.2, 2, (t, in) -> Elementwise.apply(t, f, strided(t, in.get(0))), shape(3, 5));
  }

  @Test
  void affine() {
    check((t, in) -> Affine.apply(t, strided(t, in.get(0)), -1.5, 0.25), shape(3, 5));
  }

  @Test
  void clamp() {
    check((t, in) -> Clamp.apply(t, strided(t, in.get(0)), -0.7, 1.1), shape(4, 9));
  }

  @Test
  void arithmeticOfBroadcastViews() {
    GradientCheck.Function sum = (t, in) -> Arithmetic.add(t, strided(t, in.get(0)), in.get(1));
    check(sum, shape(2, 1, 4), shape(3, 1));
    check((t, in) -> Arithmetic.sub(t, strided(t, in.get(0)), in.get(1)), shape(2, 1, 4), shape(3, 1));
    check((t, in) -> Arithmetic.mul(t, strided(t, in.get(0)), in.get(1)), shape(2, 1, 4), shape(3, 1));
    check((t, in) -> Arithmetic.maximum(t, strided(t, in.get(0)), in.get(1)), shape(2, 1, 4), shape(3, 1));
    check((t, in) -> Arithmetic.minimum(t, strided(t, in.get(0)), in.get(1)), shape(2, 1, 4), shape(3, 1));
    checkBetween(0.5, 2, (t, in) -> Arithmetic.div(t, strided(t, in.get(0)), in.get(1)), shape(2, 1, 4), shape(3, 1));
  }

  @Test
  void aProductOfAValueWithItself() {
    check((t, in) -> Arithmetic.mul(t, in.get(0), in.get(0)), shape(7));
  }

  @Test
  void broadcast() {
    check((t, in) -> Broadcast.to(t, strided(t, in.get(0)), 3, 2, 4), shape(3, 1, 4));
  }

  @Test
  void concat() {
    check((t, in) -> Concat.apply(t, -2, strided(t, in.get(0)), in.get(1), in.get(0)), shape(2, 3, 4), shape(2, 1, 4));
  }

  @Test
  void views() {
    check((t, in) -> View.reshape(t, View.permute(t, in.get(0), 2, 0, 1), 6, 4), shape(2, 3, 4));
    check((t, in) -> View.slice(t, View.every(t, in.get(0), 1, 2), 0, 1, 3), shape(4, 5));
    check((t, in) -> View.chunk(t, in.get(0), -1, 2, 3), shape(2, 9));
  }

  @Test
  void gather() {
    check((t, in) -> Gather.apply(t, in.get(0), Values.ids(t.scope(), 4, 0, 4, 2, 4)), shape(5, 3));
  }

  @Test
  void matMul() {
    check((t, in) -> MatMul.apply(t, strided(t, in.get(0)), strided(t, in.get(1))), shape(2, 1, 3, 4), shape(3, 4, 5));
    check((t, in) -> MatMul.apply(t, in.get(0), in.get(1)), shape(3, 4), shape(2, 4, 5));
  }

  @Test
  void linear() {
    check((t, in) -> Linear.apply(t, strided(t, in.get(0)), strided(t, in.get(1)), in.get(2)),
        shape(2, 3, 4), shape(5, 4), shape(5));
    check((t, in) -> Linear.apply(t, in.get(0), in.get(1), null), shape(4), shape(5, 4));
  }

  @Test
  void conv2d() {
    ConvGeometry g = new ConvGeometry(2, 1, 0, 1, 1, 2);
    check((t, in) -> Conv2d.apply(t, strided(t, in.get(0)), strided(t, in.get(1)), in.get(2), g),
        shape(2, 5, 4, 3), shape(4, 3, 2, 3), shape(4));
  }

  @Test
  void attentionWithBiasAndMask() {
    for (boolean causal : new boolean[] {false, true}) {
      check((t, in) -> Attention.apply(
          t, strided(t, in.get(0)), strided(t, in.get(1)), strided(t, in.get(2)), in.get(3), causal, 0.4),
          shape(2, 5, 3, 4), shape(2, 5, 3, 4), shape(2, 5, 3, 2), shape(1, 3, 5, 5));
      check((t, in) -> Attention.apply(t, in.get(0), in.get(0), in.get(1), null, causal, 0.4),
          shape(1, 5, 1, 4), shape(1, 5, 1, 4));
    }
    check((t, in) -> Attention.apply(t, in.get(0), in.get(1), in.get(2), in.get(3), false, 0.4),
        shape(2, 3, 1, 4), shape(2, 5, 1, 4), shape(2, 5, 1, 4), shape(2, 1, 1, 5));
  }

  @Test
  void softmax() {
    check((t, in) -> Softmax.apply(t, strided(t, in.get(0))), shape(3, 5));
  }

  @Test
  void layerNorm() {
    check((t, in) -> LayerNorm.apply(t, strided(t, in.get(0)), in.get(1), in.get(2), 0, 1e-5),
        shape(2, 3, 5), shape(5), shape(5));
    check((t, in) -> LayerNorm.apply(t, in.get(0), in.get(1), in.get(2), 1, 1e-5),
        shape(2, 3, 5), shape(2, 1, 5), shape(2, 1, 5));
    check((t, in) -> LayerNorm.apply(t, in.get(0), null, null, 0, 1e-5), shape(2, 3, 5));
  }

  @Test
  void rmsNorm() {
    check((t, in) -> RmsNorm.apply(t, strided(t, in.get(0)), in.get(1), 1e-5), shape(2, 3, 5), shape(5));
    check((t, in) -> RmsNorm.apply(t, in.get(0), null, 1e-5), shape(2, 3, 5));
  }

  @Test
  void groupNorm() {
    for (boolean silu : new boolean[] {false, true}) {
      check((t, in) -> GroupNorm.apply(t, strided(t, in.get(0)), in.get(1), in.get(2), 2, 1e-5, silu),
          shape(2, 3, 2, 4), shape(4), shape(4));
    }
  }

  @Test
  void gatedResidual() {
    check((t, in) -> GatedResidual.apply(t, strided(t, in.get(0)), in.get(1), strided(t, in.get(2))),
        shape(2, 3, 4), shape(2, 1, 4), shape(2, 3, 4));
    check((t, in) -> GatedResidual.apply(t, in.get(0), in.get(1), in.get(0)), shape(2, 3, 4), shape(2, 1, 4));
  }

  @Test
  void losses() {
    check((t, in) -> Losses.mse(t, strided(t, in.get(0)), in.get(1)), shape(3, 4), shape(3, 4));
    check((t, in) -> Losses.l1(t, in.get(0), in.get(1)), shape(3, 4), shape(3, 4));
    check((t, in) -> Losses.charbonnier(t, in.get(0), in.get(1), 0.3), shape(3, 4), shape(3, 4));
    check((t, in) -> Losses.mean(t, strided(t, in.get(0))), shape(3, 4));
  }

  @Test
  void reductions() {
    check((t, in) -> Reductions.sum(t, strided(t, in.get(0)), 0, -1), shape(3, 4, 2));
    check((t, in) -> Reductions.mean(t, strided(t, in.get(0)), 1), shape(3, 4, 2));
    check((t, in) -> Reductions.max(t, strided(t, in.get(0)), 1, 2), shape(3, 4, 2));
    check((t, in) -> Reductions.variance(t, strided(t, in.get(0)), 0), shape(3, 4, 2));
  }

  @Test
  void padding() {
    check((t, in) -> Pad.constant(t, strided(t, in.get(0)), 2, -1, 0, 3, 0.5), shape(2, 4, 3, 2));
    check((t, in) -> Pad.reflect(t, strided(t, in.get(0)), 2, 1, 3, 0), shape(2, 4, 3, 2));
    check((t, in) -> Pad.replicate(t, strided(t, in.get(0)), 3, -1, 0, 4), shape(2, 4, 3, 2));
  }

  @Test
  void patches() {
    check((t, in) -> Patches.patchify(t, strided(t, in.get(0)), 2), shape(2, 4, 6, 3));
    check((t, in) -> Patches.unpatchify(t, strided(t, in.get(0)), 2, 3, 2, 3), shape(2, 6, 12));
  }

  @Test
  void upsampling() {
    check((t, in) -> Upsample.nearest2(t, strided(t, in.get(0))), shape(2, 3, 2, 3));
  }

  @Test
  void pools() {
    check((t, in) -> MaxPool.apply(t, strided(t, in.get(0)), 3, 2, 1, true), shape(2, 6, 5, 3));
    check((t, in) -> AveragePool.apply(t, strided(t, in.get(0)), 3, 2, 1, false), shape(2, 6, 5, 3));
    check((t, in) -> AveragePool.apply(t, in.get(0), 2, 3, 0, true), shape(1, 5, 7, 2));
  }

  @Test
  void filters() {
    check((t, in) -> Filter2d.apply(t, strided(t, in.get(0)), in.get(1)), shape(2, 4, 5, 3), shape(2, 3, 3));
  }
}
