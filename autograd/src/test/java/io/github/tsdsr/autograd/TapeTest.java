package io.github.tsdsr.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.autograd.nn.Linear;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.Unary;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TapeTest {
  private static Set<Tensor> tensors(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::value).collect(Collectors.toSet());
  }

  private static Tensor vector(Scope scope, double... values) {
    return Values.tensor(scope, DType.F64, values, values.length);
  }

  private static Var square(Tape tape, Var x) {
    return Elementwise.apply(tape, Unary.Function.SQUARE, x);
  }

  @Test
  void severalSeedsGiveTheSumOfTheirGradients() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor x = vector(scope, 1, -2, 3);
      try (Tape tape = new Tape(scope, Set.of(x))) {
        Var leaf = tape.leaf(x);
        Var middle = square(tape, leaf);
        Var end = square(tape, middle);
        // 10 (x^2)' + 100 (x^4)' + 1000 x': a seed on a result, on a value within, and on the leaf itself.
        Map<Var, Tensor> seeds = Map.of(
            middle, vector(scope, 10, 10, 10), end, vector(scope, 100, 100, 100), leaf,
            vector(scope, 1000, 1000, 1000));
        try (Grads grads = tape.backward(seeds)) {
          double[] found = Values.doubles(backend, grads.of(x).orElseThrow());
          assertArrayEquals(new double[] {20 + 400 + 1000, -40 - 3200 + 1000, 60 + 10800 + 1000}, found, 1e-9);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void computingAgainGivesTheSameGradientsAndSavesMemory(BackendUnderTest on) {
    try (Backend backend = on.open(); Scope scope = Scope.on(backend)) {
      SmallModel model = new SmallModel(scope, on.dtype());
      Tensor x = model.picture();
      Tensor target = model.picture();
      double[][] loss = new double[2][];
      double[][][] gradients = new double[2][model.parameters().size()][];
      long[] saved = new long[2];
      for (int again = 0; again < 2; again++) {
        long before = backend.memory().inUse();
        try (Scope step = scope.inner(); Tape tape = new Tape(step, tensors(model.parameters()))) {
          Var y = model.loss(tape, x, target, again == 1);
          loss[again] = Values.doubles(backend, y.value());
          saved[again] = backend.memory().inUse() - before;
          Tensor one = step.full(1, on.dtype(), y.shape());
          try (Grads grads = tape.backward(Map.of(y, one))) {
            for (int i = 0; i < gradients[again].length; i++) {
              gradients[again][i] = Values.doubles(backend, grads.of(model.parameters().get(i).value()).orElseThrow());
            }
          }
        }
        assertEquals(before, backend.memory().inUse());
      }
      assertArrayEquals(loss[0], loss[1], 0);
      for (int i = 0; i < gradients[0].length; i++) {
        assertArrayEquals(gradients[0][i], gradients[1][i], 0, model.parameters().get(i).name());
      }
      assertTrue(saved[1] < saved[0] / 2, saved[0] + " bytes saved without computing again, " + saved[1] + " with");
    }
  }

  @Test
  void blocksThatAreComputedAgainMayHoldOthersAndUseValuesFromOutside() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor x = vector(scope, 1, -2, 3);
      Tensor w = vector(scope, 2, 0.5, -1);
      double[][] found = new double[2][];
      for (int again = 0; again < 2; again++) {
        boolean checkpoint = again == 1;
        try (Tape tape = new Tape(scope, Set.of(x, w))) {
          Var outside = square(tape, tape.leaf(w));
          Tape.Block inner = (t, in) -> List.of(Arithmetic.mul(t, square(t, in.getFirst()), t.leaf(w)));
          Tape.Block outer = (t, in) -> List.of(Arithmetic.mul(
              t, (checkpoint ? t.checkpoint(inner, in.getFirst()) : inner.run(t, in)).getFirst(), outside));
          Var leaf = tape.leaf(x);
          Var y = (checkpoint ? tape.checkpoint(outer, leaf) : outer.run(tape, List.of(leaf))).getFirst();
          try (Grads grads = tape.backward(Map.of(y, vector(scope, 1, 10, 100)))) {
            double[] dx = Values.doubles(backend, grads.of(x).orElseThrow());
            double[] dw = Values.doubles(backend, grads.of(w).orElseThrow());
            // y = x^2 w^3
            assertArrayEquals(new double[] {2 * 8, 10 * 2 * -2 * 0.125, 100 * 2 * 3 * -1}, dx, 1e-9);
            assertArrayEquals(new double[] {3 * 4, 10 * 4 * 3 * 0.25, 100 * 9 * 3}, dw, 1e-9);
            found[again] = dx;
          }
        }
      }
      assertArrayEquals(found[0], found[1], 0);
    }
  }

  @Test
  void aBlockThatNothingWantedFlowsIntoSavesNothing() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor x = vector(scope, 1, 2);
      Tensor wanted = vector(scope, 3, 4);
      try (Tape tape = new Tape(scope, Set.of(wanted))) {
        Var y = tape.checkpoint((t, in) -> List.of(square(t, in.getFirst())), tape.leaf(x)).getFirst();
        assertFalse(y.wanted());
        Var z = tape.checkpoint((t, in) -> List.of(Arithmetic.mul(t, in.getFirst(), t.leaf(wanted))), y).getFirst();
        assertTrue(z.wanted());
      }
    }
  }

  @Test
  void aSavedTensorThatWasWrittenIsAnErrorThatNamesTheFunction() {
    try (Backend backend = new ReferenceBackend()) {
      try (Scope scope = Scope.on(backend)) {
        for (boolean checkpoint : new boolean[] {false, true}) {
          Tensor x = vector(scope, 1, 2);
          try (Tape tape = new Tape(scope, Set.of(x))) {
            Tape.Block block = (t, in) -> List.of(square(t, in.getFirst()));
            Var y = (checkpoint ? tape.checkpoint(block, tape.leaf(x)) : block.run(tape, List.of(tape.leaf(x))))
                .getFirst();
            backend.run(new Fill(x, 5));
            IllegalStateException e = assertThrows(
                IllegalStateException.class, () -> tape.backward(Map.of(y, vector(scope, 1, 1))));
            assertTrue(e.getMessage().contains("written since"), e.getMessage());
          }
        }
      }
      assertEquals(0, backend.memory().inUse(), "bytes in use after the error");
    }
  }

  @Test
  void anUploadIntoASavedTensorIsNoticedToo() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor x = vector(scope, 1, 2);
      try (Tape tape = new Tape(scope, Set.of(x))) {
        Var y = square(tape, tape.leaf(x));
        backend.upload(MemorySegment.ofArray(new double[] {3, 4}), x);
        assertThrows(IllegalStateException.class, () -> tape.backward(Map.of(y, vector(scope, 1, 1))));
      }
    }
  }

  /** Bytes that a linear layer keeps for its backward pass beyond its result, freed values of the forward pass aside. */
  private static long savedByLinear(boolean inputWanted, boolean weightWanted, boolean biasWanted) {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor w = scope.zeros(DType.F64, 7, 5);
      Tensor bias = scope.zeros(DType.F64, 7);
      Set<Tensor> wanted = new HashSet<>();
      Tensor source = scope.zeros(DType.F64, 128, 5);
      if (inputWanted) {
        wanted.add(source);
      }
      if (weightWanted) {
        wanted.add(w);
      }
      if (biasWanted) {
        wanted.add(bias);
      }
      Linear layer = new Linear("layer", w, bias);
      long before = backend.memory().inUse();
      try (Tape tape = new Tape(scope, wanted)) {
        Var y = tape.scoped(() -> {
          // A value of this scope, which only a save keeps alive beyond it.
          Var x = Affine.apply(tape, tape.leaf(source), 1, 1);
          return layer.apply(tape, x, Adapters.NONE);
        });
        return backend.memory().inUse() - before - y.value().bytes();
      }
    }
  }

  @Test
  void aFrozenLinearLayerSavesNothing() {
    long input = 128 * 5 * 8;
    assertEquals(0, savedByLinear(false, false, false), "nothing is wanted");
    assertEquals(0, savedByLinear(true, false, false), "the gradient goes through a frozen weight");
    assertEquals(0, savedByLinear(false, false, true), "a bias needs no input");
    assertEquals(input, savedByLinear(false, true, false), "a weight's gradient needs the input");
    assertEquals(input, savedByLinear(true, true, true));
  }

  @ParameterizedTest
  @EnumSource
  void inferenceSavesNothing(BackendUnderTest on) {
    try (Backend backend = on.open(); Scope scope = Scope.on(backend)) {
      SmallModel model = new SmallModel(scope, on.dtype());
      Tensor x = model.picture();
      long before = backend.memory().inUse();
      Tape tape = Tape.inference(scope);
      Var y = model.apply(tape, tape.leaf(x), false);
      assertFalse(y.wanted());
      long result = y.value().bytes();
      // The features between the two halves belong to the outer scope like the result.
      long features = result / 3 * SmallModel.CHANNELS;
      assertEquals(before + result + features, backend.memory().inUse());
    }
  }

  @Test
  void theTapeLetsGoOfWhatANodeSavedAsSoonAsItHasRun() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor x = vector(scope, new double[1000]);
      Tensor seed = vector(scope, new double[1000]);
      long before = backend.memory().inUse();
      try (Tape tape = new Tape(scope, Set.of(x))) {
        Var y = tape.scoped(() -> {
          Var v = tape.leaf(x);
          for (int i = 0; i < 10; i++) {
            v = square(tape, v);
          }
          return v;
        });
        assertEquals(10 * 8000, backend.memory().inUse() - before);
        long[] least = {Long.MAX_VALUE};
        Var first = tape.record(y.value(), new Node() {
          @Override
          public List<Tensor> saved() {
            return List.of();
          }

          @Override
          public void backward(Tensor dy, Sink into) {
            least[0] = backend.memory().inUse();
            into.add(0, dy);
          }
        }, y);
        try (Grads grads = tape.backward(Map.of(first, seed))) {
          assertTrue(least[0] > before + 10 * 8000);
          // The result, which the scope owns, and the gradient are all there is.
          assertEquals(before + 2 * 8000, backend.memory().inUse());
          assertTrue(grads.of(x).isPresent());
        }
      }
    }
  }

  @Test
  void leavesAreTheSameForTheSameWindow() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor x = vector(scope, 1, 2, 3, 4);
      Tape tape = new Tape(scope, Set.of(x));
      assertSame(tape.leaf(x), tape.leaf(x.reshape(2, 2).reshape(4)));
      assertFalse(tape.leaf(x.reshape(2, 2)).wanted(), "another window is another leaf");
    }
  }

  @Test
  void aLeafThatNoSeedDependsOnHasNoGradient() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor x = vector(scope, 1, 2);
      Tensor other = vector(scope, 3, 4);
      try (Tape tape = new Tape(scope, Set.of(x, other))) {
        Var y = square(tape, tape.leaf(x));
        square(tape, tape.leaf(other));
        try (Grads grads = tape.backward(Map.of(y, vector(scope, 1, 1)))) {
          assertTrue(grads.of(other).isEmpty());
          assertTrue(grads.of(x).isPresent());
        }
      }
    }
  }

  @Test
  void runsBackwardOnceAndChecksItsSeeds() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor x = vector(scope, 1, 2);
      try (Tape tape = new Tape(scope, Set.of(x))) {
        Var y = square(tape, tape.leaf(x));
        tape.backward(Map.of(y, vector(scope, 1, 1))).close();
        IllegalStateException twice = assertThrows(
            IllegalStateException.class, () -> tape.backward(Map.of(y, vector(scope, 1, 1))));
        assertTrue(twice.getMessage().contains("once"));
      }
      try (Tape tape = new Tape(scope, Set.of(x))) {
        Var y = square(tape, tape.leaf(x));
        IllegalArgumentException shape = assertThrows(
            IllegalArgumentException.class, () -> tape.backward(Map.of(y, vector(scope, 1, 1, 1))));
        assertTrue(shape.getMessage().contains("shape"));
      }
    }
  }

  @Test
  void gradientsAreF32UnlessASeedIsWider() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor x = Values.tensor(scope, DType.BF16, new double[] {1, 2}, 2);
      try (Tape tape = new Tape(scope, Set.of(x))) {
        Var y = square(tape, tape.leaf(x));
        try (Grads grads = tape.backward(Map.of(y, scope.full(0.3, DType.F32, 2)))) {
          assertEquals(DType.F32, grads.of(x).orElseThrow().dtype());
          assertArrayEquals(new double[] {2 * (double) 0.3f, 4 * (double) 0.3f},
              Values.doubles(backend, grads.of(x).orElseThrow()), 0);
        }
      }
    }
  }
}
