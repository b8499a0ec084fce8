package io.github.tsdsr.kernels.cpu.machinecode;

import static io.github.tsdsr.kernels.cpu.machinecode.Register.R8;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RAX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RBX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RCX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSI;

import java.util.Map;

/**
 * What the processor can do and the system lets programs use, by the instructions cpuid and xgetbv.
 *
 * @param avx512 vectors of 512 bits with masks (AVX-512F), their instructions on shorter vectors (AVX-512VL), and the bit
 *     operations on general registers that come with them (BMI2)
 * @param bf16 products of numbers in BF16 (AVX512_BF16)
 */
public record Processor(boolean avx512, boolean bf16) {
  private static final int SYSTEM_SAVES_STATE = 1 << 27;
  private static final int BMI2 = 1 << 8;
  private static final int AVX512F = 1 << 16;
  private static final int AVX512VL = 1 << 31;
  private static final int AVX512_BF16 = 1 << 5;
  /** What the system must save: registers of 128 and 256 bits, masks, upper halves and upper 16 of those of 512 bits. */
  private static final int AVX512_STATE = 0xE6;

  /**
   * Asks the processor.
   *
   * @throws UnsupportedOperationException if the system refuses to execute the question
   */
  public static Processor detect() {
    Map<String, MachineCode> questions =
        new Program().add("cpuid", Processor::cpuid).add("xgetbv", Processor::xgetbv).load();
    MachineCode cpuid = questions.get("cpuid");
    int leaves = (int) cpuid.call(0, 0, 0, 0, 0, 0);
    int features = (int) cpuid.call(1, 0, 2, 0, 0, 0);
    if (leaves < 7 || (features & SYSTEM_SAVES_STATE) == 0) {
      return new Processor(false, false);
    }
    int state = (int) questions.get("xgetbv").call(0, 0, 0, 0, 0, 0);
    int extended = (int) cpuid.call(7, 0, 1, 0, 0, 0);
    int needed = AVX512F | AVX512VL | BMI2;
    boolean avx512 = (extended & needed) == needed && (state & AVX512_STATE) == AVX512_STATE;
    int subleaves = (int) cpuid.call(7, 0, 0, 0, 0, 0);
    int further = subleaves < 1 ? 0 : (int) cpuid.call(7, 1, 0, 0, 0, 0);
    return new Processor(avx512, avx512 && (further & AVX512_BF16) != 0);
  }

  /** (leaf, subleaf, 0, 1 or 2): eax, ebx or ecx. */
  private static void cpuid(Assembler a) {
    Label done = new Label();
    a.push(RBX);
    a.mov(R8, RDX);
    a.mov(RAX, RDI);
    a.mov(RCX, RSI);
    a.cpuid();
    a.cmp(R8, 1);
    a.jump(Assembler.Condition.LESS, done);
    a.mov(RAX, RCX);
    a.jump(Assembler.Condition.NOT_ZERO, done);
    a.mov(RAX, RBX);
    a.bind(done);
    a.pop(RBX);
    a.ret();
  }

  /** The first word of the state that the system saves. Exists where the system says so. */
  private static void xgetbv(Assembler a) {
    a.mov(RCX, 0);
    a.xgetbv();
    a.ret();
  }
}
