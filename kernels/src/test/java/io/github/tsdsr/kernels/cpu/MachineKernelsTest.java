package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tsdsr.kernels.cpu.machinecode.CpuInfo;
import io.github.tsdsr.kernels.cpu.machinecode.MachineCode;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Without this, a mistake in the search would leave the tests of machine code out. */
@Tag("vectors")
class MachineKernelsTest {
  @Test
  void areFoundWhereProcessorAndFlagsAllowVectorsOf512Bits() throws IOException {
    assumeTrue(MachineCode.isAllowed(), "machine code is for Linux on x86-64 with native access");
    Set<String> flags = CpuInfo.flags();
    boolean expected = flags.containsAll(Set.of("avx512f", "avx512vl", "bmi2"))
        && (!VectorModule.present() || Lanes.COUNT == 16);
    assertEquals(expected, MachineKernels.find().isPresent());
    assertEquals(expected && VectorModule.present() && flags.contains("avx512_bf16"),
        VectorBackend.has(ProductPrecision.BF16));
  }
}
