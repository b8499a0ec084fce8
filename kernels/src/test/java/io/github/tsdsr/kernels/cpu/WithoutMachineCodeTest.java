package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.contract.OpCase;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on the CPU backend as it is where there is no machine code, and that machine code changes no byte. */
class WithoutMachineCodeTest extends VectorBackendTest {
  @Override
  Backend backend(int threads) {
    return new VectorBackend(threads, LIMIT, KernelCode.VECTORS);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void machineCodeGivesTheBytesOfVectors(OpCase c) {
    try (Backend machine = new VectorBackend(2, LIMIT);
        Backend vectors = new VectorBackend(2, LIMIT, KernelCode.VECTORS)) {
      List<float[]> expected = results(vectors, List.of(c));
      List<float[]> found = results(machine, List.of(c));
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), found.get(i), c + ", output " + i);
      }
    }
  }

}
