package io.github.tsdsr.autograd;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the check of gradients notices wrong ones. */
class GradientCheckTest {
  /** y = x^2 with a derivative of factor x. */
  private static Var square(Tape tape, Var x, double factor) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    tape.run(new Unary(Unary.Function.SQUARE, x.value(), y));
    return tape.record(y, new Node() {
      @Override
      public List<Tensor> saved() {
        return List.of(x.value());
      }

      @Override
      public void backward(Tensor dy, Sink into) {
        Tensor dx = into.empty(dy.shape());
        into.run(Unary.affine(x.value(), factor, 0, dx));
        into.run(new Binary(Binary.Function.MUL, dx, dy, dx));
        into.add(0, dx);
      }
    }, x);
  }

  @Test
  void acceptsTheRightDerivative() {
    GradientCheck.check((t, in) -> square(t, in.get(0), 2), new long[] {3, 4});
  }

  @Test
  void noticesAnErrorOfAMillionth() {
    AssertionError e = assertThrows(AssertionError.class,
        () -> GradientCheck.check((t, in) -> square(t, in.get(0), 2.000002), new long[] {3, 4}));
    assertTrue(e.getMessage().contains("input 0"), e.getMessage());
  }
}
