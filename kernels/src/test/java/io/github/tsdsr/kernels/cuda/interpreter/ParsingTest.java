package io.github.tsdsr.kernels.cuda.interpreter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.kernels.cuda.DeviceException;
import io.github.tsdsr.kernels.cuda.KernelArguments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the interpreter does not know, or what does not fit, is refused when the module is loaded, with its line. */
class ParsingTest {
  private static final String EXCHANGE = TestMachine.text("exchange");
  private static final String LAST = "    ret;\n}";

  private final TestMachine machine = new TestMachine();

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      mma.sync.aligned.m16n8k8.row.col.f32 %v, %v; | the interpreter does not know mma.sync.aligned.m16n8k8.row.col.f32
      add.ftz.f32 %v, %v, %v;               | the interpreter does not know add.ftz.f32
      ld.global.nc.f32 %v, [%x];            | the interpreter does not know ld.global.nc.f32
      bar.sync 1;                           | the interpreter knows bar.sync for barrier 0
      bra NOWHERE;                          | no label
      add.u32 %i, %i, %v;                   | add.u32 takes an operand of type u32, %v has type f32
      add.u64 %x, %x, %i;                   | add.u64 takes an operand of type u64, %i has type b32
      add.u32 %x, %i, %i;                   | add.u32 writes type u32, %x has type b64
      add.f32 %v, %v;                       | add.f32 takes 3 operands, got 2
      add.f32 %v, %v, 1;                    | 1 is an integer
      add.u32 %i, %i, 0f00000000;           | 0f00000000 is not an operand of type u32
      add.f32 %v, %v, %unknown;             | expected an operand (is the register declared?), got '%unknown'
      ld.global.f32 %v, [%i];               | ld.global.f32 takes an operand of type u64, %i has type b32
      ld.global.v2.f32 {%v}, [%x];          | ld.global.v2.f32 takes 2 registers
      ld.param.u64 %x, [z];                 | expected a parameter of exchange
      ld.param.u32 %i, [x];                 | parameter x has type u64, not u32
      mov.u32 %i, nothing;                  | no shared variable nothing
      shfl.sync.bfly.b32 %x, %i, 1, 31, -1; | shfl.sync.bfly.b32 writes a 32-bit register
      @%i ret;                              | expected a predicate, got '%i'
      #                                     | unexpected character '#'
      """)
  void anInstructionThatItCannotRunIsRefusedWithItsLine(String instruction, String reason) {
    String text = TestMachine.replaced(EXCHANGE, LAST, "    ret;\n    " + instruction + "\n}");
    PtxException e = assertThrows(PtxException.class, () -> machine.device().load(text));
    int line = TestMachine.line(EXCHANGE, LAST) + 1;
    assertTrue(e.getMessage().startsWith("line " + line + ": " + reason), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {".reg .b32 %t;", ".local .b32 depot;", "LOOP: LOOP:"})
  void aDeclarationThatItCannotUseIsRefused(String declaration) {
    String text = TestMachine.replaced(EXCHANGE, LAST, declaration + LAST);
    assertThrows(PtxException.class, () -> machine.device().load(text));
  }

  @Test
  void aTextThatEndsInTheMiddleIsRefused() {
    String text = EXCHANGE.substring(0, EXCHANGE.indexOf("ret;"));
    assertEquals("the text ends unexpectedly",
        assertThrows(PtxException.class, () -> machine.device().load(text)).getMessage());
  }

  @Test
  void aTextForANewerArchitectureIsRefused() {
    String text = TestMachine.replaced(EXCHANGE, "sm_80", "sm_90");
    assertTrue(assertThrows(PtxException.class, () -> machine.device().load(text)).getMessage().contains("sm_90"));
  }

  @Test
  void aKernelThatIsNotThereIsNamed() {
    DeviceException e =
        assertThrows(DeviceException.class, () -> machine.device().load(EXCHANGE).function("absent"));
    assertTrue(e.getMessage().contains("absent"), e.getMessage());
  }

  @Test
  void argumentsThatAreNotTheKernelsParametersAreRefused() {
    long address = machine.device().allocate(256);
    for (KernelArguments wrong : new KernelArguments[] {new KernelArguments().u64(address).u64(address),
      new KernelArguments().u64(address).u32(1).u32(1), new KernelArguments().u32(1).u64(address).u64(address)}) {
      DeviceException e = assertThrows(DeviceException.class, () -> machine.launch(EXCHANGE, 1, 64, wrong));
      assertTrue(e.getMessage().startsWith("exchange takes"), e.getMessage());
    }
  }

  @Test
  void aBlockThatIsLargerThanTheKernelAllowsIsRefused() {
    KernelArguments arguments = new KernelArguments().u64(0).u64(0).u32(0);
    assertThrows(DeviceException.class, () -> machine.launch(EXCHANGE, 1, 96, arguments));
  }
}
