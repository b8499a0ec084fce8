package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.contract.BackendContract;
import io.github.tsdsr.tensor.contract.OpCase;
import io.github.tsdsr.tensor.contract.Operands;
import io.github.tsdsr.tensor.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on the CPU backend, with vectors or without, as the JVM was started, and with machine code where there is any. */
class VectorBackendTest extends BackendContract {
  static final long LIMIT = 1L << 30;

  @Override
  protected Backend backend() {
    return backend(2);
  }

  Backend backend(int threads) {
    return new VectorBackend(threads, LIMIT);
  }

  /** With operations that are large enough to be shared out among several threads. */
  @Override
  protected Stream<OpCase> cases() {
    return Stream.concat(super.cases(), LargeCases.all());
  }

  /** The build runs the tests tagged "vectors" in three JVMs and tells each what it was started for. */
  @Test
  @Tag("vectors")
  void usesTheVectorsThatTheJvmWasStartedWith() {
    try (Backend backend = backend()) {
      switch (System.getProperty("expected.vectors", "any")) {
        case "any" -> assertTrue(backend.name().contains("vectors"), backend.name());
        case "none" -> assertTrue(backend.name().endsWith("no vectors"), backend.name());
        case "narrow" -> assertTrue(
            backend.name().matches(".*(64|128|256)-bit vectors"), backend.name());
        case String other -> fail(other);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  @Tag("vectors")
  void givesTheSameBytesWithAnyNumberOfThreads(OpCase c) {
    List<float[]> first = null;
    for (int threads : new int[] {1, 2, 3, 5}) {
      try (Backend backend = backend(threads); Scope scope = Scope.on(backend)) {
        Op op = c.op().apply(new Operands(scope, false));
        backend.run(op);
        List<float[]> found = new ArrayList<>();
        for (Tensor t : op.outputs()) {
          found.add(Values.floats(backend, t));
        }
        for (int i = 0; first != null && i < found.size(); i++) {
          assertArrayEquals(first.get(i), found.get(i), c + ", output " + i + ", " + threads + " threads");
        }
        first = found;
      }
    }
  }

  @Test
  void severalBackendsWorkSideBySide() throws Exception {
    List<OpCase> large = LargeCases.all().toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Callable<List<float[]>>> both = List.of(() -> results(large), () -> results(large));
      List<Future<List<float[]>>> found = threads.invokeAll(both);
      List<float[]> alone = results(large);
      for (Future<List<float[]>> f : found) {
        for (int i = 0; i < alone.size(); i++) {
          assertArrayEquals(alone.get(i), f.get().get(i), "result " + i);
        }
      }
    }
  }

  private List<float[]> results(List<OpCase> cases) {
    try (Backend backend = backend()) {
      return results(backend, cases);
    }
  }

  static List<float[]> results(Backend backend, List<OpCase> cases) {
    List<float[]> found = new ArrayList<>();
    try (Scope scope = Scope.on(backend)) {
      for (OpCase c : cases) {
        Op op = c.op().apply(new Operands(scope, false));
        backend.run(op);
        op.outputs().forEach(t -> found.add(Values.floats(backend, t)));
      }
    }
    return found;
  }
}
