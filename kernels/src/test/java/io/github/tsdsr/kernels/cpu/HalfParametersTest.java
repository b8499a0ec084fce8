package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.contract.Operands;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.GroupNorm;
import io.github.tsdsr.tensor.op.Linear;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.RmsNorm;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bytes show that the kernel ran: element by element, in double precision, they come out otherwise. */
class HalfParametersTest {
  /** An operation whose vectors are given by a function of their half-precision form. */
  enum Case {
    CONVOLUTION((o, v) -> new Conv2d(o.normal(1, 40, 40, 64), o.normal(DType.BF16, 64, 3, 3, 64),
        v.apply(o.normal(DType.BF16, 64)), ConvGeometry.square(1, 1), o.out(1, 40, 40, 64))),
    LINEAR((o, v) -> new Linear(o.normal(40, 333), o.normal(DType.BF16, 64, 333), v.apply(o.normal(DType.F16, 64)),
        o.out(40, 64))),
    GROUP_NORM((o, v) -> new GroupNorm(o.normal(1, 40, 40, 64), v.apply(o.normal(DType.BF16, 64)),
        v.apply(o.normal(DType.BF16, 64)), 32, 1e-6, true, o.out(1, 40, 40, 64), o.out(1, 32, 2))),
    RMS_NORM((o, v) -> new RmsNorm(o.normal(7, 40, 64), v.apply(o.normal(DType.BF16, 64)), 1e-6, o.out(7, 40, 64),
        o.out(7, 40, 1)));

    private final BiFunction<Operands, UnaryOperator<Tensor>, Op> make;

    Case(BiFunction<Operands, UnaryOperator<Tensor>, Op> make) {
      this.make = make;
    }
  }

  @ParameterizedTest
  @EnumSource
  void vectorsInHalfPrecisionGiveTheVeryBytesOfTheirFloats(Case c) {
    try (Backend backend = new VectorBackend(2, Long.MAX_VALUE); Scope scope = Scope.on(backend)) {
      float[] half = result(backend, c.make.apply(new Operands(scope, false), v -> v));
      float[] full = result(backend, c.make.apply(new Operands(scope, false), v -> scope.copy(v, DType.F32)));
      assertArrayEquals(full, half);
    }
  }

  private static float[] result(Backend backend, Op op) {
    backend.run(op);
    return Values.floats(backend, op.outputs().getFirst());
  }
}
