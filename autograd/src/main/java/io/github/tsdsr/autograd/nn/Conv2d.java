package io.github.tsdsr.autograd.nn;

import io.github.tsdsr.autograd.Adapter;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Upsample;
import io.github.tsdsr.autograd.fn.UpsampledConv2d;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.ConvGeometry;
import java.util.Optional;

/**
 * A convolution, plus scale B(A x) where an adapter is on it: A of the same kernel, stride and padding, B of one pixel.
 *
 * @param name the module's name, which adapters know
 * @param weight (O,C,kh,kw), as files have it
 * @param bias (O)
 */
public record Conv2d(String name, Tensor weight, Tensor bias, ConvGeometry geometry) {
  private static final ConvGeometry POINT = ConvGeometry.square(1, 0);
  private static final ConvGeometry SAME = ConvGeometry.square(1, 1);

  /** Takes {@code name.weight} with a square kernel and {@code name.bias}. */
  public static Conv2d load(Weights w, String name, long out, long in, long kernel, ConvGeometry geometry) {
    return new Conv2d(name, w.get(name + ".weight", out, in, kernel, kernel), w.get(name + ".bias", out), geometry);
  }

  /**
   * @param x (N,H,W,C)
   * @return (N,H',W',O)
   */
  public Var apply(Tape tape, Var x, Adapters adapters) {
    Optional<Adapter> adapter = adapters.on(name);
    if (adapter.isEmpty()) {
      return convolve(tape, x, weight, bias, geometry);
    }
    return tape.scoped(() -> {
      Adapter a = adapter.get();
      Var low = convolve(tape, x, a.a(), null, geometry);
      Var scaled = a.scale() == 1 ? low : Affine.apply(tape, low, a.scale(), 0);
      Var more = convolve(tape, scaled, a.b(), null, POINT);
      return Arithmetic.add(tape, convolve(tape, x, weight, bias, geometry), more);
    });
  }

  /**
   * As {@link #apply} on x with every pixel doubled in both directions.
   *
   * @param x (N,H,W,C)
   */
  public Var applyDoubled(Tape tape, Var x, Adapters adapters) {
    boolean plain = weight.size(2) == 3 && weight.size(3) == 3 && geometry.equals(SAME);
    if (plain && adapters.on(name).isEmpty()) {
      return UpsampledConv2d.apply(tape, x, View.permute(tape, tape.leaf(weight), 0, 2, 3, 1), tape.leaf(bias));
    }
    return tape.scoped(() -> apply(tape, Upsample.nearest2(tape, x), adapters));
  }

  private static Var convolve(Tape tape, Var x, Tensor kernel, Tensor bias, ConvGeometry geometry) {
    Var channelsLast = View.permute(tape, tape.leaf(kernel), 0, 2, 3, 1);
    return io.github.tsdsr.autograd.fn.Conv2d.apply(
        tape, x, channelsLast, bias == null ? null : tape.leaf(bias), geometry);
  }
}
