package io.github.tsdsr.autograd.nn;

import static io.github.tsdsr.autograd.GradientCheck.check;

import io.github.tsdsr.autograd.Adapter;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.op.ConvGeometry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Layers against central differences, with respect to their inputs, weights and adapters. */
class LayerGradientsTest {
  private static long[] shape(long... shape) {
    return shape;
  }

  private static Adapters on(Var a, Var b, double scale) {
    return _ -> Optional.of(new Adapter(a.value(), b.value(), scale));
  }

  @Test
  void linear() {
    check((t, in) -> new Linear("l", in.get(1).value(), in.get(2).value())
        .apply(t, in.get(0), on(in.get(3), in.get(4), 0.5)),
        shape(2, 3, 4), shape(5, 4), shape(5), shape(2, 4), shape(5, 2));
  }

  @Test
  void convolution() {
    for (double scale : new double[] {1, 0.5}) {
      check((t, in) -> conv(t, in, on(in.get(3), in.get(4), scale)),
          shape(2, 5, 4, 3), shape(4, 3, 3, 3), shape(4), shape(2, 3, 3, 3), shape(4, 2, 1, 1));
    }
    check((t, in) -> conv(t, in, Adapters.NONE), shape(2, 5, 4, 3), shape(4, 3, 3, 3), shape(4));
  }

  private static Var conv(Tape t, List<Var> in, Adapters adapters) {
    ConvGeometry g = new ConvGeometry(2, 2, 0, 1, 0, 1);
    return new Conv2d("c", in.get(1).value(), in.get(2).value(), g).apply(t, in.get(0), adapters);
  }

  @Test
  void groupNorm() {
    check((t, in) -> new GroupNorm(in.get(1).value(), in.get(2).value(), 2, 1e-5).apply(t, in.get(0), true),
        shape(2, 3, 2, 4), shape(4), shape(4));
  }
}
