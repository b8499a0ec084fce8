package io.github.tsdsr.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writes between the passes into what a block that is computed again reads beyond its inputs. */
class CheckpointWritesTest {
  /** A forward pass that has a block on x, which may read w. */
  private interface Forward {
    Var run(Tape tape, Var x, Tensor w);
  }

  /** What happens between the passes. */
  private interface Between {
    void run(Backend backend, Tensor w, Var y);
  }

  private static final Between NOTHING = (backend, w, y) -> {
  };
  private static final Between WEIGHT_WRITTEN = (backend, w, y) -> backend.run(new Fill(w, 100));
  private static final Between RESULT_WRITTEN = (backend, w, y) -> backend.run(new Fill(y.value(), 100));

  private static Var square(Tape tape, Var x) {
    return Elementwise.apply(tape, Unary.Function.SQUARE, x);
  }

  private static Var block(Tape tape, Var x, Tape.Block block) {
    return tape.checkpoint(block, x).getFirst();
  }

  /** The gradient of the sum of the result with respect to x = (1, -2), with w = (3, 4). */
  private static double[] gradient(BackendUnderTest on, boolean weightWanted, Forward forward, Between between) {
    try (Backend backend = on.open(); Scope scope = Scope.on(backend)) {
      Tensor x = Values.tensor(scope, on.dtype(), new double[] {1, -2}, 2);
      Tensor w = Values.tensor(scope, on.dtype(), new double[] {3, 4}, 2);
      long before = backend.memory().inUse();
      try (Scope step = scope.inner(); Tape tape = new Tape(step, weightWanted ? Set.of(x, w) : Set.of(x))) {
        Var y = forward.run(tape, tape.leaf(x), w);
        between.run(backend, w, y);
        try (Grads grads = tape.backward(Map.of(y, step.full(1, on.dtype(), 2)))) {
          return Values.doubles(backend, grads.of(x).orElseThrow());
        }
      } finally {
        assertEquals(before, backend.memory().inUse(), "bytes in use after the step");
      }
    }
  }

  private static void assertNoticed(BackendUnderTest on, Forward forward) {
    for (boolean wanted : new boolean[] {false, true}) {
      gradient(on, wanted, forward, NOTHING);
      IllegalStateException e = assertThrows(
          IllegalStateException.class, () -> gradient(on, wanted, forward, WEIGHT_WRITTEN));
      assertTrue(e.getMessage().startsWith("checkpoint needs " + on.dtype() + " 2 "), e.getMessage());
      assertTrue(e.getMessage().contains("written since"), e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLeafThatABlockMultipliesByMustStayAsItWas(BackendUnderTest on) {
    Forward times = (tape, x, w) -> block(
        tape, x, (t, in) -> List.of(Arithmetic.mul(t, in.getFirst(), t.leaf(w))));
    assertArrayEquals(new double[] {3, 4}, gradient(on, true, times, NOTHING), 0);
    assertNoticed(on, times);
  }

  @ParameterizedTest
  @EnumSource
  void aLeafThatNoNodeWouldSaveMustStayAsItWasToo(BackendUnderTest on) {
    // The square saves x + w, which is made anew of another w.
    Forward plus = (tape, x, w) -> block(
        tape, x, (t, in) -> List.of(square(t, Arithmetic.add(t, in.getFirst(), t.leaf(w)))));
    assertArrayEquals(new double[] {8, 4}, gradient(on, false, plus, NOTHING), 0);
    assertNoticed(on, plus);
  }

  @ParameterizedTest
  @EnumSource
  void aValueFromOutsideTheBlockMustStayAsItWas(BackendUnderTest on) {
    assertNoticed(on, (tape, x, w) -> {
      Var outside = tape.leaf(w);
      return block(tape, x, (t, in) -> List.of(square(t, Arithmetic.add(t, in.getFirst(), outside))));
    });
  }

  @ParameterizedTest
  @EnumSource
  void aTensorThatOnlyANodeWouldSaveMustStayAsItWas(BackendUnderTest on) {
    record Times(Tensor w) implements Node {
      @Override
      public List<Tensor> saved() {
        return List.of(w);
      }

      @Override
      public void backward(Tensor dy, Sink into) {
        into.overwrite(0, dx -> into.run(new Binary(Binary.Function.MUL, dy, w, dx)));
      }
    }

    assertNoticed(on, (tape, x, w) -> block(tape, x, (t, in) -> {
      Tensor y = t.empty(x.dtype(), x.shape());
      t.run(new Binary(Binary.Function.MUL, in.getFirst().value(), w, y));
      return List.of(t.record(y, new Times(w), in.getFirst()));
    }));
  }

  @ParameterizedTest
  @EnumSource
  void whatABlockWithinABlockReadsMustStayAsItWas(BackendUnderTest on) {
    assertNoticed(on, (tape, x, w) -> {
      Var outside = tape.leaf(w);
      Tape.Block inner = (t, in) -> List.of(square(t, Arithmetic.add(t, in.getFirst(), outside)));
      return block(tape, x, (t, in) -> List.of(Affine.apply(t, block(t, in.getFirst(), inner), 2, 0)));
    });
  }

  @ParameterizedTest
  @EnumSource
  void whatABlockDoesNotReadOrMakesItselfMayBeWritten(BackendUnderTest on) {
    Forward itsOwn = (tape, x, w) -> block(tape, x, (t, in) -> {
      // A leaf of the block's own, made again with it.
      Var three = t.leaf(t.scope().full(3, x.dtype(), 2));
      return List.of(Elementwise.apply(t, Unary.Function.EXP, Arithmetic.mul(t, in.getFirst(), three)));
    });
    double[] expected = {3 * Math.exp(3), 3 * Math.exp(-6)};
    for (Between between : List.of(NOTHING, WEIGHT_WRITTEN, RESULT_WRITTEN)) {
      assertArrayEquals(expected, gradient(on, true, itsOwn, between), on.tolerance(1e-12, 1e-4));
    }
  }
}
