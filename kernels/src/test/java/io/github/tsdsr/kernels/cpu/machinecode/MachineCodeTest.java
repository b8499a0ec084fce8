package io.github.tsdsr.kernels.cpu.machinecode;

import static io.github.tsdsr.kernels.cpu.machinecode.Operand.at;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R9;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RAX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineCodeTest {
  @BeforeEach
  void needsLinuxOnX86() {
    assumeTrue(MachineCode.isAllowed(), "machine code is for Linux on x86-64 with native access");
  }

  @Test
  void functionsGetAllTheirArgumentsAndReturnANumber() {
    Map<String, MachineCode> functions = new Program().add("first and sixth", a -> {
      a.lea(RAX, at(RDI, R9, 1, 0));
      a.ret();
    }).add("seventh and last", a -> {
      a.mov(RAX, at(RSP, 8));
      a.add(RAX, at(RSP, 8 + 8 * (MachineCode.ARGUMENTS - 7)));
      a.ret();
    }).load();
    assertEquals(
        1L << 40 | 6, functions.get("first and sixth").call(1L << 40, 2, 3, 4, 5, 6));
    assertEquals(
        7 - (1L << 50),
        functions.get("seventh and last").call(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, -(1L << 50)));
  }

  @Test
  void twoFunctionsOfOneNameAreRefused() {
    Program program = new Program().add("f", Assembler::ret);
    assertEquals("two functions of the name f",
        assertThrows(IllegalArgumentException.class, () -> program.add("f", Assembler::ret)).getMessage());
  }

  @Test
  void theProcessorCanWhatTheSystemSays() throws IOException {
    Set<String> flags = CpuInfo.flags();
    Processor processor = Processor.detect();
    assertEquals(flags.containsAll(Set.of("avx512f", "avx512vl", "bmi2")), processor.avx512());
    assertEquals(processor.avx512() && flags.contains("avx512_bf16"), processor.bf16());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4096, 1 << 20})
  void pagesHoldZerosUntilTheirArenaIsClosed(long bytes) {
    MemorySegment pages;
    try (Arena arena = Arena.ofShared()) {
      pages = Pages.allocate(bytes, arena);
      assertEquals(0, pages.address() % 64);
      assertEquals(bytes, pages.byteSize());
      for (long i = 0; i < bytes; i += 1000) {
        assertEquals(0, pages.get(ValueLayout.JAVA_BYTE, i));
      }
      pages.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 3);
      assertEquals(3, pages.get(ValueLayout.JAVA_BYTE, bytes - 1));
    }
    assertThrows(IllegalStateException.class, () -> pages.get(ValueLayout.JAVA_BYTE, 0));
  }
}
