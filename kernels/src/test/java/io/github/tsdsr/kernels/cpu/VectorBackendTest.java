package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on the CPU backend, with vectors or without, as the JVM was started. */
class VectorBackendTest extends BackendContract {
  private static final long LIMIT = 1L << 30;

  @Override
  protected Backend backend() {
    return new VectorBackend(2, LIMIT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheSameBytesWithOneTwoAndThreeThreads(OpCase c) {
    List<float[]> first = null;
    for (int threads = 1; threads <= 3; threads++) {
      try (Backend backend = new VectorBackend(threads, LIMIT); Scope scope = Scope.on(backend)) {
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
}
