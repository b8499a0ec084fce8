package io.github.tsdsr.autograd.fn;

import static io.github.tsdsr.autograd.GradientCheck.check;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UpsampledConv2dTest {
  private static Tensor normal(Scope scope, DType dtype, long stream, long... shape) {
    Tensor t = scope.empty(dtype, shape);
    scope.backend().run(new Random(Random.Distribution.NORMAL, 1, stream, 0, t));
    return t;
  }

  @ParameterizedTest
  @EnumSource
  void foldedKernelsGiveTheConvolutionOfTheDoubledPicture(BackendUnderTest kind) {
    try (Backend backend = kind.open(); Scope scope = Scope.on(backend)) {
      Tape tape = Tape.inference(scope);
      Var x = tape.leaf(normal(scope, kind.dtype(), 0, 2, 5, 7, 20));
      Var w = View.permute(tape, tape.leaf(normal(scope, kind.dtype(), 1, 18, 20, 3, 3)), 0, 2, 3, 1);
      Var bias = tape.leaf(normal(scope, kind.dtype(), 2, 18));
      Var plain = Conv2d.apply(tape, Upsample.nearest2(tape, x), w, bias, ConvGeometry.square(1, 1));
      long before = backend.memory().inUse();
      Var folded = UpsampledConv2d.apply(tape, x, w, bias);
      assertEquals(before + folded.value().bytes(), backend.memory().inUse(), 64, "only the result is kept");
      assertArrayEquals(plain.shape(), folded.shape());
      assertArrayEquals(Values.doubles(backend, plain.value()), Values.doubles(backend, folded.value()),
          kind.tolerance(1e-12, 1e-4));
    }
  }

  @Test
  void gradientsFlowWhereTheyAreWanted() {
    check((t, in) -> UpsampledConv2d.apply(t, in.get(0), in.get(1), in.get(2)), new long[] {1, 2, 3, 2},
        new long[] {3, 3, 3, 2}, new long[] {3});
  }
}
