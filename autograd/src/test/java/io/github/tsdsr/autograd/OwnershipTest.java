package io.github.tsdsr.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.optim.AdamW;
import io.github.tsdsr.autograd.optim.Clipping;
import io.github.tsdsr.autograd.optim.Muon;
import io.github.tsdsr.autograd.optim.Optimiser;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ForwardingBackend;
import io.github.tsdsr.tensor.MemoryLimitException;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Op;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory over many training steps, and after failures at every point of one. */
class OwnershipTest {
  private static Set<Tensor> tensors(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::value).collect(Collectors.toSet());
  }

  /** Forward, backward, clipping and an update; gives the loss. */
  private static double step(Scope scope, SmallModel model, List<Optimiser> optimisers, Tensor x, Tensor target,
      boolean checkpoint) {
    try (Scope inner = scope.inner(); Tape tape = new Tape(inner, tensors(model.parameters()))) {
      Var loss = model.loss(tape, x, target, checkpoint);
      Tensor one = inner.full(1, loss.dtype(), loss.shape());
      try (Grads grads = tape.backward(Map.of(loss, one))) {
        Clipping c = Clipping.of(scope.backend(), model.parameters(), grads::of, 1);
        optimisers.forEach(o -> o.step(grads::of, c.factor(), 0.01));
        return Values.scalar(scope.backend(), loss.value());
      }
    }
  }

  private static List<Optimiser> optimisers(Scope scope, SmallModel model) {
    Map<Boolean, List<Parameter>> byRank = model.parameters().stream()
        .collect(Collectors.partitioningBy(p -> p.value().rank() >= 2));
    return List.of(
        new Muon(scope, 0.95, 0.01, byRank.get(true)),
        new AdamW(scope, AdamW.Settings.standard(), byRank.get(false)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void asManyBytesAreInUseAfterTwoHundredStepsAsAfterTen(boolean checkpoint) {
    try (Backend backend = new VectorBackend(2, 1L << 30); Scope scope = Scope.on(backend)) {
      SmallModel model = new SmallModel(scope, DType.F32);
      Tensor x = model.picture();
      Tensor target = model.picture();
      List<Optimiser> optimisers = optimisers(scope, model);
      double first = step(scope, model, optimisers, x, target, checkpoint);
      for (int i = 1; i < 10; i++) {
        step(scope, model, optimisers, x, target, checkpoint);
      }
      long inUse = backend.memory().inUse();
      long held = backend.memory().held();
      double last = 0;
      for (int i = 10; i < 200; i++) {
        last = step(scope, model, optimisers, x, target, checkpoint);
      }
      assertEquals(inUse, backend.memory().inUse(), "bytes in use");
      assertEquals(held, backend.memory().held(), "bytes held");
      assertTrue(last < first / 4, "it trains: the loss goes from " + first + " to " + last);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailureInAnyOperationOfAStepLeavesNothingBehind(BackendUnderTest on) {
    for (boolean checkpoint : new boolean[] {false, true}) {
      try (FailingBackend backend = new FailingBackend(on.open()); Scope scope = Scope.on(backend)) {
        SmallModel model = new SmallModel(scope, on.dtype());
        Tensor x = model.picture();
        Tensor target = model.picture();
        backend.count();
        gradients(scope, model, x, target, checkpoint);
        int operations = backend.counted();
        assertTrue(operations > 40, operations + " operations");
        long before = backend.memory().inUse();
        for (int fail = 0; fail < operations; fail++) {
          backend.failAt(fail);
          RuntimeException e = assertThrows(
              RuntimeException.class, () -> gradients(scope, model, x, target, checkpoint));
          assertSame(backend.failure(), e);
          assertEquals(before, backend.memory().inUse(), "bytes in use after a failure in operation " + fail);
        }
        backend.count();
        gradients(scope, model, x, target, checkpoint);
        assertEquals(before, backend.memory().inUse());
      }
    }
  }

  private static void gradients(Scope scope, SmallModel model, Tensor x, Tensor target, boolean checkpoint) {
    try (Scope inner = scope.inner(); Tape tape = new Tape(inner, tensors(model.parameters()))) {
      Var loss = model.loss(tape, x, target, checkpoint);
      tape.backward(Map.of(loss, inner.full(1, loss.dtype(), loss.shape()))).close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void runningOutOfMemoryLeavesNothingBehind(boolean checkpoint) {
    long whole;
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE); Scope scope = Scope.on(backend)) {
      SmallModel model = new SmallModel(scope, DType.F32);
      gradients(scope, model, model.picture(), model.picture(), checkpoint);
      whole = backend.memory().held();
    }
    int failures = 0;
    for (long limit = whole / 8; limit < whole; limit += whole / 8) {
      try (Backend backend = new VectorBackend(1, limit); Scope scope = Scope.on(backend)) {
        SmallModel model;
        Tensor x;
        Tensor target;
        try {
          model = new SmallModel(scope, DType.F32);
          x = model.picture();
          target = model.picture();
        } catch (MemoryLimitException e) {
          continue;
        }
        long before = backend.memory().inUse();
        for (int i = 0; i < 2; i++) {
          try {
            gradients(scope, model, x, target, checkpoint);
          } catch (MemoryLimitException e) {
            failures++;
          }
          assertEquals(before, backend.memory().inUse());
        }
      }
    }
    assertTrue(failures > 0, "some limit is too low");
  }

  /** Passes everything on, but for one operation, which fails instead. */
  private static final class FailingBackend extends ForwardingBackend {
    private int next;
    private int failAt = -1;
    private RuntimeException failure;

    FailingBackend(Backend inner) {
      super(inner);
    }

    void count() {
      next = 0;
      failAt = -1;
    }

    int counted() {
      return next;
    }

    void failAt(int operation) {
      next = 0;
      failAt = operation;
      failure = new IllegalStateException("operation " + operation);
    }

    RuntimeException failure() {
      return failure;
    }

    @Override
    public String name() {
      return "failing " + inner.name();
    }

    @Override
    public void run(Op op) {
      if (next++ == failAt) {
        throw failure;
      }
      inner.run(op);
    }
  }
}
